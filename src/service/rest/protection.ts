import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { entityTags } from '../entity-tags.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { object } from './schemas.js';
import type { InRepository } from './schemas.js';

const rule = object({ pattern: { type: 'string', minLength: 1 } }, 'pattern');

/** Branch protection rules: the operations of today, on all rules, and the older ones, on a single rule. */
export function protection(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Params: InRepository }>(
    '/repositories/:repository/settings/branch_protection',
    async (request, reply) => {
      const { patterns, etag } = await catalog.protection.get(request.params.repository);
      return reply.header('etag', `"${etag}"`).send(patterns.map(ruleForm));
    }
  );

  app.put<{ Params: InRepository; Body: wire.BranchProtectionRule[] }>(
    '/repositories/:repository/settings/branch_protection',
    { schema: { body: { type: 'array', items: rule } } },
    async (request, reply) => {
      const patterns = request.body.map(({ pattern }) => pattern);
      const [tag] = entityTags(request.headers['if-match']) ?? [];
      // There are always rules, if only none: "*" asks for nothing.
      const ifMatch = tag === '*' ? undefined : tag;
      await catalog.protection.set(request.params.repository, patterns, ifMatch);
      return reply.code(204).send();
    }
  );

  app.get<{ Params: InRepository }>('/repositories/:repository/branch_protection', async request => {
    const { patterns } = await catalog.protection.get(request.params.repository);
    return patterns.map(ruleForm);
  });

  app.post<{ Params: InRepository; Body: wire.BranchProtectionRule }>(
    '/repositories/:repository/branch_protection',
    { schema: { body: rule } },
    async (request, reply) => {
      const { repository } = request.params;
      const { patterns, etag } = await catalog.protection.get(repository);
      await catalog.protection.set(repository, [...patterns, request.body.pattern], etag);
      return reply.code(204).send();
    }
  );

  app.delete<{ Params: InRepository; Body: wire.BranchProtectionRule }>(
    '/repositories/:repository/branch_protection',
    { schema: { body: rule } },
    async (request, reply) => {
      const { repository } = request.params;
      const { pattern: unwanted } = request.body;
      const { patterns, etag } = await catalog.protection.get(repository);
      if (!patterns.includes(unwanted)) {
        throw new HttpError(404, `There is no branch protection rule "${unwanted}".`);
      }
      const kept = patterns.filter(pattern => pattern !== unwanted);
      await catalog.protection.set(repository, kept, etag);
      return reply.code(204).send();
    }
  );

  app.get<{ Params: InRepository }>(
    '/repositories/:repository/branch_protection/set_allowed',
    async (request, reply) => {
      await catalog.repositories.get(request.params.repository);
      return reply.code(204).send();
    }
  );
}

function ruleForm(pattern: string): wire.BranchProtectionRule {
  return { pattern };
}
