import type { Kv } from '../kv/kv.js';

/** An access key: its holder may do what its user may, within the scope. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** The user it belongs to; also the committer's name. */
  user: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  expiresAt?: number;
}

/** The installation's keys. Secrets are kept in the data folder (mode 0700): Signature V4 needs them in clear. */
export interface Keys {
  /** The key, or undefined when unknown or expired. Cheap: kept in memory. */
  find(accessKeyId: string): Promise<AccessKey | undefined>;
  create(user: string, options?: { expiresAt?: number }): Promise<AccessKey>;
  delete(accessKeyId: string): Promise<void>;
  list(): Promise<AccessKey[]>;
}

export interface KeysOptions {
  kv: Kv;
  now: () => number;
  /** The first key, when the operator gives one; random otherwise. */
  initial?: { accessKeyId: string; secretAccessKey: string };
}
