import type { FastifyInstance, HTTPMethods } from 'fastify';
import { CatalogError } from '../catalog/errors.js';

/** Operations of the API description that exist as routes and answer 501, with the reason for each group. */
const NOT_OFFERED: { reason: string; operations: string[] }[] = [
  {
    reason:
      'Whoever has an access key is a user and may do everything: make keys with `databranch keys`. There are no groups or policies.',
    operations: [
      'POST /auth/users',
      'DELETE /auth/users/:user',
      'POST /auth/groups',
      'GET /auth/groups/:group',
      'DELETE /auth/groups/:group',
      'POST /auth/policies',
      'GET /auth/policies/:policy',
      'PUT /auth/policies/:policy',
      'DELETE /auth/policies/:policy',
      'GET /auth/groups/:group/members',
      'PUT /auth/groups/:group/members/:user',
      'DELETE /auth/groups/:group/members/:user',
      'PUT /auth/users/:user/policies/:policy',
      'DELETE /auth/users/:user/policies/:policy',
      'GET /auth/groups/:group/policies',
      'PUT /auth/groups/:group/policies/:policy',
      'DELETE /auth/groups/:group/policies/:policy',
      'GET /auth/groups/:group/acl',
      'POST /auth/groups/:group/acl'
    ]
  },
  {
    reason: 'Databranch knows no identity provider: log in with an access key.',
    operations: [
      'POST /auth/external/principal/login',
      'POST /sts/login',
      'GET /oidc/callback',
      'POST /auth/users/:user/external/principals',
      'DELETE /auth/users/:user/external/principals',
      'GET /auth/users/:user/external/principals/ls',
      'GET /auth/external/principals'
    ]
  },
  {
    reason: 'Databranch collects its garbage itself: no other program can, or need.',
    operations: [
      'POST /repositories/:repository/gc/prepare_commits',
      'POST /repositories/:repository/gc/prepare_commits/async',
      'GET /repositories/:repository/gc/prepare_commits/status',
      'POST /repositories/:repository/gc/prepare_uncommited'
    ]
  },
  {
    reason: 'Databranch runs no hooks or actions.',
    operations: [
      'GET /repositories/:repository/actions/runs/:run',
      'GET /repositories/:repository/actions/runs/:run/hooks',
      'GET /repositories/:repository/actions/runs/:run/hooks/:hook/output'
    ]
  },
  {
    reason: 'Databranch keeps its trees in a store of its own: there are no range or symlink files.',
    operations: [
      'POST /repositories/:repository/refs/:branch/symlink',
      'GET /repositories/:repository/metadata/object/:type/:id',
      'GET /repositories/:repository/metadata/meta_range/:range',
      'GET /repositories/:repository/metadata/range/:range'
    ]
  },
  {
    reason: 'Databranch has no pull requests: compare two branches and merge.',
    operations: [
      'POST /repositories/:repository/pulls',
      'GET /repositories/:repository/pulls/:pull',
      'PATCH /repositories/:repository/pulls/:pull',
      'PUT /repositories/:repository/pulls/:pull/merge'
    ]
  },
  { reason: 'Databranch reports no usage.', operations: ['GET /usage-report/summary'] }
];

/** Registers a route that says why for every operation that is not offered. Bodies are not read. */
export function notOffered(app: FastifyInstance): void {
  for (const { reason, operations } of NOT_OFFERED) {
    for (const operation of operations) {
      const [method, url] = operation.split(' ') as [HTTPMethods, string];
      app.route({
        method,
        url,
        handler: async () => {
          throw new CatalogError('not-offered', reason);
        }
      });
    }
  }
}
