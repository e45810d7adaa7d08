import type { AccessKeyCreated, AccessKeyInfo, AccessKeyList } from '../../protocol/databranch.js';
import { openKeys, type AccessKey, type Keys } from '../auth/keys.js';
import type { DataFolder } from './data-folder.js';
import { offline } from './offline.js';
import { openKv } from './open-kv.js';
import { Refusal } from './refusal.js';
import { findService, type RunningService } from './running-service.js';

/** What a person does with keys; the secret is shown once, when a key is made. */
export interface KeyAdministration {
  list(): Promise<Omit<AccessKey, 'secretAccessKey'>[]>;
  create(user: string, options: { expiresAt?: number }): Promise<AccessKey>;
  delete(accessKeyId: string): Promise<void>;
}

/**
 * Runs `work` on the installation's keys: through the service when one runs, else on the folder itself, whose
 * lock is held meanwhile.
 */
export async function withKeys<T>(
  folder: DataFolder,
  work: (keys: KeyAdministration) => Promise<T>
): Promise<T> {
  const service = await findService(folder);
  if (service) {
    return work(new KeysOfService(service));
  }
  return offline(folder, async () => {
    const kv = await openKv(folder);
    try {
      return await work(new KeysOfFolder(await openKeys({ kv, now: Date.now })));
    } finally {
      await kv.close();
    }
  });
}

class KeysOfService implements KeyAdministration {
  constructor(private readonly service: RunningService) {}

  async list(): Promise<Omit<AccessKey, 'secretAccessKey'>[]> {
    const { results } = await this.service.json<AccessKeyList>('GET', '/databranch/keys');
    return results.map(fromWire);
  }

  async create(user: string, { expiresAt }: { expiresAt?: number }): Promise<AccessKey> {
    const body = { user, expires_at: expiresAt === undefined ? null : Math.floor(expiresAt / 1000) };
    const key = await this.service.json<AccessKeyCreated>('POST', '/databranch/keys', body);
    return { ...fromWire(key), secretAccessKey: key.secret_access_key };
  }

  async delete(accessKeyId: string): Promise<void> {
    await this.service.json('DELETE', `/databranch/keys/${encodeURIComponent(accessKeyId)}`);
  }
}

function fromWire(key: AccessKeyInfo): Omit<AccessKey, 'secretAccessKey'> {
  return {
    accessKeyId: key.access_key_id,
    user: key.user,
    createdAt: key.creation_date * 1000,
    ...(key.expires_at !== null && { expiresAt: key.expires_at * 1000 }),
    ...(key.kernel !== undefined && { kernel: { label: key.kernel } })
  };
}

class KeysOfFolder implements KeyAdministration {
  constructor(private readonly keys: Keys) {}

  list(): Promise<AccessKey[]> {
    return this.keys.list();
  }

  create(user: string, options: { expiresAt?: number }): Promise<AccessKey> {
    return this.keys.create(user, options);
  }

  async delete(accessKeyId: string): Promise<void> {
    if (!(await this.keys.find(accessKeyId))) {
      throw new Refusal(`There is no key ${accessKeyId}.`);
    }
    await this.keys.delete(accessKeyId);
  }
}
