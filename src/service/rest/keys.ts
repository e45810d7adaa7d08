import type { FastifyInstance, FastifyRequest } from 'fastify';
import type {
  AccessKeyCreated,
  AccessKeyCreation,
  AccessKeyInfo,
  AccessKeyList
} from '../../protocol/databranch.js';
import type { AccessKey, Keys } from '../auth/keys.js';
import { CatalogError, invalid } from '../catalog/errors.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { integer, object, text } from './schemas.js';

const USER_CHARACTERS_MAX = 255;

/** Administration of the installation's access keys, as `databranch keys` does it. Not for a kernel's key. */
export function keyAdministration(app: FastifyInstance, { keys }: RestContext): void {
  app.get('/databranch/keys', { preHandler: ownersOnly }, async (): Promise<AccessKeyList> => ({
    results: (await keys.list()).map(infoOf)
  }));

  app.post<{ Body: AccessKeyCreation }>(
    '/databranch/keys',
    {
      schema: { body: object({ user: text, expires_at: integer }, 'user') },
      preHandler: ownersOnly
    },
    async (request, reply) => {
      const { user, expires_at: expiresAt } = request.body;
      if (user === '' || user.length > USER_CHARACTERS_MAX) {
        throw invalid(`A user's name has 1 to ${USER_CHARACTERS_MAX} characters.`);
      }
      const key = await keys.create(
        user,
        typeof expiresAt === 'number' ? { expiresAt: expiresAt * 1000 } : {}
      );
      const created: AccessKeyCreated = { ...infoOf(key), secret_access_key: key.secretAccessKey };
      return reply.code(201).send(created);
    }
  );

  const onDelete = { preHandler: ownersOnly };
  app.delete<{ Params: { key: string } }>('/databranch/keys/:key', onDelete, async (request, reply) => {
    const { key } = request.params;
    if (!(await keys.find(key))) {
      throw new HttpError(404, `There is no key ${key}.`);
    }
    await deleteKey(keys, key);
    return reply.code(204).send();
  });
}

/** A kernel's key makes, lists and removes no keys: it could give itself one without its restrictions. */
export async function ownersOnly({ user }: FastifyRequest): Promise<void> {
  if (user.kernel) {
    throw new CatalogError(
      'forbidden',
      'A key of a kernel is not for the administration of keys: use the one that `databranch status` names.'
    );
  }
}

/** @throws forbidden for the key that the service stands for */
export async function deleteKey(keys: Keys, accessKeyId: string): Promise<void> {
  if (accessKeyId === keys.own.accessKeyId) {
    throw new CatalogError(
      'forbidden',
      `${accessKeyId} is the key that this service stands for. Stop the service first; its next start makes another.`
    );
  }
  await keys.delete(accessKeyId);
}

export function infoOf({ accessKeyId, user, createdAt, expiresAt, kernel }: AccessKey): AccessKeyInfo {
  return {
    access_key_id: accessKeyId,
    user,
    creation_date: Math.floor(createdAt / 1000),
    expires_at: expiresAt === undefined ? null : Math.floor(expiresAt / 1000),
    ...(kernel && { kernel: kernel.label })
  };
}
