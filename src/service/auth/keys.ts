import { createHash, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Kv } from '../kv/kv.js';
import type { SandboxMode } from './sandbox-mode.js';

/** An access key: its holder may do what its user may, within the scope. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** The user it belongs to; also the committer's name. */
  user: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  expiresAt?: number;
  /** Only a kernel's key has it: made by {@link Keys.createForKernel}, restricted as kernel-keys.ts says. */
  kernel?: {
    /** What its maker calls it, for whoever lists the keys. */
    label: string;
    /** While a sandbox cell runs in the kernel. */
    sandbox?: SandboxMode;
  };
}

/** The installation's keys. Secrets are kept in the data folder (mode 0700): Signature V4 needs them in clear. */
export interface Keys {
  /** The installation's own key: the one that the operator gave, else the oldest. */
  readonly own: AccessKey;
  /** The key, or undefined when unknown or expired. Cheap: kept in memory. */
  find(accessKeyId: string): Promise<AccessKey | undefined>;
  create(user: string, options?: { expiresAt?: number }): Promise<AccessKey>;
  /** A key for one kernel; it ends {@link KERNEL_KEY_IDLE_MS} after its last use. */
  createForKernel(user: string, label: string): Promise<AccessKey>;
  /**
   * Replaces a known key by what `change` makes of it, at once and then durably.
   * When it cannot be made durable, it is as before, and this throws.
   */
  update(accessKeyId: string, change: (key: AccessKey) => AccessKey): Promise<AccessKey>;
  /** Forgets keys that have expired. */
  sweep(): Promise<void>;
  /** Forgets a key at once; an unknown one is no error. A key that the operator gives comes back at the next start. */
  delete(accessKeyId: string): Promise<void>;
  /** All keys that have not expired, oldest first. */
  list(): Promise<AccessKey[]>;
  /** 32 secret bytes of this installation for one purpose; other purposes cannot be told from them (HKDF, RFC 5869). */
  derive(purpose: string): Buffer;
}

export interface KeysOptions {
  kv: Kv;
  now: () => number;
  /** The first key, when the operator gives one; random otherwise. */
  initial?: { accessKeyId: string; secretAccessKey: string };
  /** Whose key the first one is; `admin` unless given. */
  user?: string;
}

/** All records of this room begin with `a/`. */
const KEY_PREFIX = 'a/k/';
const INSTALLATION_SECRET = Buffer.from('a/secret');
const INSTALLATION_SECRET_BYTES = 32;

/** Like those of AWS in length and letters, because some clients check; the first four tell whose key it is. */
const ACCESS_KEY_ID_PREFIX = 'DBKI';
const ACCESS_KEY_ID_CHARACTERS = 20;
const ACCESS_KEY_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** 40 of 62 letters and digits are 238 bits. No '/' or '+': such a secret can be pasted into a URL or a shell. */
const SECRET_CHARACTERS = 40;
const SECRET_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const FIRST_USER = 'admin';

/** Long enough for a notebook that is left open over a holiday; kernels that end in an orderly way delete theirs. */
export const KERNEL_KEY_IDLE_MS = 7 * 24 * 60 * 60 * 1000;
/** Use is written down at most this often. */
const USE_NOTED_MS = 60 * 60 * 1000;

/**
 * Reads the installation's keys into memory; makes the first one when there is none.
 * A key given in `options.initial` always works after this, also when the store knows it with another secret.
 */
export async function openKeys(options: KeysOptions): Promise<Keys> {
  const { kv, now, initial, user = FIRST_USER } = options;
  const { keys, secret } = await load(kv);
  const opened = new StoredKeys(kv, now, keys, secret ?? (await makeSecret(kv)));
  await opened.begin(initial, user);
  return opened;
}

/** Compares two secrets in a time that tells nothing about either. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

class StoredKeys implements Keys {
  #own: string | undefined;

  constructor(
    private readonly kv: Kv,
    private readonly now: () => number,
    private readonly keys: Map<string, AccessKey>,
    private readonly secret: Uint8Array
  ) {}

  async begin(initial: KeysOptions['initial'], user: string): Promise<void> {
    if (initial) {
      const known = this.keys.get(initial.accessKeyId);
      if (known?.secretAccessKey !== initial.secretAccessKey || known.expiresAt !== undefined) {
        await this.put({ ...initial, user, createdAt: known?.createdAt ?? this.now() });
      }
      this.#own = initial.accessKeyId;
    } else {
      this.#own = (this.lasting() ?? (await this.create(user))).accessKeyId;
    }
  }

  get own(): AccessKey {
    const given = this.#own === undefined ? undefined : this.keys.get(this.#own);
    const key = given ?? this.lasting();
    if (!key) {
      throw new Error('All access keys were deleted. Start the service again: it makes a new one.');
    }
    return key;
  }

  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    const key = this.keys.get(accessKeyId);
    if (!key || !this.valid(key)) {
      return undefined;
    }
    return key.kernel ? this.used(key) : key;
  }

  async create(user: string, options: { expiresAt?: number } = {}): Promise<AccessKey> {
    const { expiresAt } = options;
    return this.make(user, expiresAt === undefined ? {} : { expiresAt });
  }

  async createForKernel(user: string, label: string): Promise<AccessKey> {
    return this.make(user, { expiresAt: this.now() + KERNEL_KEY_IDLE_MS, kernel: { label } });
  }

  async update(accessKeyId: string, change: (key: AccessKey) => AccessKey): Promise<AccessKey> {
    const before = this.keys.get(accessKeyId);
    if (!before) {
      throw new Error(`There is no key ${accessKeyId}.`);
    }
    const after = change(before);
    // In memory first, without a pause: two changes at once must build on each other.
    this.keys.set(accessKeyId, after);
    try {
      await this.kv.write({ put: [{ key: recordKey(accessKeyId), value: encode(after) }] });
    } catch (error) {
      if (this.keys.get(accessKeyId) === after) {
        this.keys.set(accessKeyId, before);
      }
      throw error;
    }
    return after;
  }

  async sweep(): Promise<void> {
    for (const key of [...this.keys.values()].filter(key => !this.valid(key))) {
      await this.delete(key.accessKeyId);
    }
  }

  async delete(accessKeyId: string): Promise<void> {
    // First from memory: from now on the key opens nothing, whatever happens to the store.
    this.keys.delete(accessKeyId);
    await this.kv.write({ delete: [recordKey(accessKeyId)] });
  }

  async list(): Promise<AccessKey[]> {
    return this.ordered().filter(key => this.valid(key));
  }

  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, '', `databranch ${purpose}`, 32));
  }

  private async make(user: string, rest: Pick<AccessKey, 'expiresAt' | 'kernel'>): Promise<AccessKey> {
    const key: AccessKey = {
      accessKeyId: ACCESS_KEY_ID_PREFIX + random(ACCESS_KEY_ID_LETTERS, ACCESS_KEY_ID_CHARACTERS - 4),
      secretAccessKey: random(SECRET_LETTERS, SECRET_CHARACTERS),
      user,
      createdAt: this.now(),
      ...rest
    };
    await this.put(key);
    return key;
  }

  /** A kernel's key lives on with each use. */
  private async used(key: AccessKey): Promise<AccessKey> {
    const expiresAt = this.now() + KERNEL_KEY_IDLE_MS;
    if (expiresAt - (key.expiresAt ?? 0) < USE_NOTED_MS) {
      return key;
    }
    // A disk that is full is no reason to turn a reader away: the key is good, and the next use tries again.
    return this.update(key.accessKeyId, now => ({ ...now, expiresAt })).catch(() => key);
  }

  private async put(key: AccessKey): Promise<void> {
    await this.kv.write({ put: [{ key: recordKey(key.accessKeyId), value: encode(key) }] });
    this.keys.set(key.accessKeyId, key);
  }

  private lasting(): AccessKey | undefined {
    return this.ordered().find(key => key.expiresAt === undefined);
  }

  private valid(key: AccessKey): boolean {
    return key.expiresAt === undefined || key.expiresAt > this.now();
  }

  private ordered(): AccessKey[] {
    return [...this.keys.values()].sort(
      (a, b) => a.createdAt - b.createdAt || (a.accessKeyId < b.accessKeyId ? -1 : 1)
    );
  }
}

async function load(kv: Kv): Promise<{ keys: Map<string, AccessKey>; secret: Buffer | undefined }> {
  return kv.snapshot(async reader => {
    const records = await reader.scan({ prefix: Buffer.from(KEY_PREFIX) });
    const keys = records.map(record => JSON.parse(record.value.toString('utf8')) as AccessKey);
    return {
      keys: new Map(keys.map(key => [key.accessKeyId, key])),
      secret: (await reader.get(INSTALLATION_SECRET))?.value
    };
  });
}

async function makeSecret(kv: Kv): Promise<Buffer> {
  const secret = randomBytes(INSTALLATION_SECRET_BYTES);
  await kv.write({ put: [{ key: INSTALLATION_SECRET, value: secret }] });
  return secret;
}

const recordKey = (accessKeyId: string) => Buffer.from(KEY_PREFIX + accessKeyId);
const encode = (key: AccessKey) => Buffer.from(JSON.stringify(key));
const digest = (text: string) => createHash('sha256').update(text).digest();

function random(letters: string, length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
