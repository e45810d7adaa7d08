import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { AccessKey, Keys } from '../auth/keys.js';
import type { Page, PageQuery } from '../catalog/model.js';
import { amountOf, pageOf } from '../catalog/paging.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { deleteKey, ownersOnly } from './keys.js';
import { paginated } from './paging.js';
import { object, paging } from './schemas.js';
import type { InRepository, Paging } from './schemas.js';

interface OfUser {
  user: string;
}

/** Users, as far as there are any: whoever has an access key is one, and their credentials are their keys. */
export function users(app: FastifyInstance, { keys }: RestContext): void {
  const page = { querystring: object(paging) };

  app.get<{ Querystring: Paging }>('/auth/users', { schema: page }, async request => {
    const found = new Map<string, AccessKey>();
    for (const key of await keys.list()) {
      // The oldest key says since when.
      found.set(key.user, found.get(key.user) ?? key);
    }
    return paginated(
      pageIn([...found.values()], request.query, ({ user }) => user),
      userForm
    );
  });

  app.get<{ Params: OfUser }>('/auth/users/:user', async request =>
    userForm((await keysOf(keys, request.params.user))[0]!)
  );

  app.get<{ Params: OfUser; Querystring: Paging }>(
    '/auth/users/:user/credentials',
    { schema: page, preHandler: ownersOnly },
    async request => {
      const found = await keysOf(keys, request.params.user);
      return paginated(
        pageIn(found, request.query, ({ accessKeyId }) => accessKeyId),
        credentialsForm
      );
    }
  );

  const byOwners = { preHandler: ownersOnly };
  app.post<{ Params: OfUser }>('/auth/users/:user/credentials', byOwners, async (request, reply) => {
    const { user } = request.params;
    await keysOf(keys, user);
    const key = await keys.create(user);
    const form: wire.CredentialsWithSecret = {
      ...credentialsForm(key),
      secret_access_key: key.secretAccessKey
    };
    return reply.code(201).send(form);
  });

  app.get<{ Params: OfUser & { key: string } }>(
    '/auth/users/:user/credentials/:key',
    byOwners,
    async request => credentialsForm(await keyOf(request.params))
  );

  app.delete<{ Params: OfUser & { key: string } }>(
    '/auth/users/:user/credentials/:key',
    byOwners,
    async (request, reply) => {
      const { accessKeyId } = await keyOf(request.params);
      await deleteKey(keys, accessKeyId);
      return reply.code(204).send();
    }
  );

  async function keyOf({ user, key }: OfUser & { key: string }): Promise<AccessKey> {
    const found = (await keysOf(keys, user)).find(({ accessKeyId }) => accessKeyId === key);
    if (!found) {
      throw new HttpError(404, `User "${user}" has no key ${key}.`);
    }
    return found;
  }
}

/** @throws HttpError 404 for somebody without a key */
async function keysOf(keys: Keys, user: string): Promise<AccessKey[]> {
  const found = (await keys.list()).filter(key => key.user === user);
  if (found.length === 0) {
    throw new HttpError(404, `There is no user "${user}": nobody of that name has an access key.`);
  }
  return found;
}

/** Lists that are empty as long as nothing can be put into them. */
export function emptyLists(app: FastifyInstance, { catalog, keys }: RestContext): void {
  const nothing = paginated<never, never>({ results: [], hasMore: false, nextOffset: '' }, item => item);
  const schema = { querystring: object(paging) };
  for (const list of ['/auth/groups', '/auth/policies']) {
    app.get(list, { schema }, async () => nothing);
  }
  for (const list of ['/auth/users/:user/groups', '/auth/users/:user/policies']) {
    app.get<{ Params: OfUser }>(list, { schema }, async request => {
      await keysOf(keys, request.params.user);
      return nothing;
    });
  }
  for (const list of ['/repositories/:repository/actions/runs', '/repositories/:repository/pulls']) {
    app.get<{ Params: InRepository }>(list, { schema }, async request => {
      await catalog.repositories.get(request.params.repository);
      return nothing;
    });
  }
}

function pageIn<T>(all: T[], query: PageQuery, nameOf: (item: T) => string): Page<T> {
  const { prefix = '', after = '' } = query;
  const found = all
    .filter(item => nameOf(item).startsWith(prefix) && nameOf(item) > after)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const amount = amountOf(query);
  return pageOf(found.slice(0, amount + 1), amount, nameOf);
}

/** A user in the API's form, by a key of theirs. */
export function userForm({ user, createdAt }: AccessKey): wire.User {
  return { id: user, creation_date: Math.floor(createdAt / 1000), friendly_name: user };
}

function credentialsForm({ accessKeyId, createdAt }: AccessKey): wire.Credentials {
  return { access_key_id: accessKeyId, creation_date: Math.floor(createdAt / 1000) };
}
