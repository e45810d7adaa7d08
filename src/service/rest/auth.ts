import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { verifyKey } from '../auth/authentication.js';
import { CatalogError } from '../catalog/errors.js';
import type { RestContext } from './context.js';
import { object, text } from './schemas.js';
import { userForm } from './users.js';

/** Routes of the tag `auth` that a service with keys but without users to administer has. */
export function auth(app: FastifyInstance, { keys, tokens }: RestContext): void {
  app.get('/user', async (request): Promise<wire.CurrentUser> => {
    // One user has several keys: the oldest says since when.
    const oldest = (await keys.list()).find(({ user }) => user === request.user.user);
    return { user: userForm(oldest ?? request.user) };
  });

  app.post<{ Body: wire.LoginInformation }>(
    '/auth/login',
    {
      schema: {
        body: object({ access_key_id: text, secret_access_key: text }, 'access_key_id', 'secret_access_key')
      },
      config: { open: true }
    },
    async (request): Promise<wire.AuthenticationToken> => {
      const key = await verifyKey(keys, request.body.access_key_id, request.body.secret_access_key);
      if (!key) {
        throw new CatalogError('unauthenticated', 'Access key or secret is wrong.');
      }
      const { token, expiresAt } = tokens.issue(key);
      return { token, token_expiration: expiresAt };
    }
  );

  app.get('/auth/capabilities', { config: { open: true } }, async (): Promise<wire.AuthCapabilities> => ({
    invite_user: false,
    forgot_password: false
  }));
}
