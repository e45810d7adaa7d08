import type { FastifyInstance } from 'fastify';
import type { RetentionRules } from '../catalog/records.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { integer, object, text } from './schemas.js';
import type { InRepository } from './schemas.js';

/** Retention rules as the API has them. */
interface GarbageCollectionRules {
  default_retention_days: number;
  branches: { branch_id: string; retention_days: number }[];
}

const branchRule = object({ branch_id: text, retention_days: integer }, 'branch_id', 'retention_days');
const rules = object(
  { default_retention_days: integer, branches: { type: 'array', items: branchRule } },
  'default_retention_days',
  'branches'
);

/** Retention rules: the operations of today, and the older ones under another address. */
export function retention(app: FastifyInstance, { catalog }: RestContext): void {
  for (const [url, put] of [
    ['/repositories/:repository/settings/gc_rules', 'PUT'],
    ['/repositories/:repository/gc/rules', 'POST']
  ] as const) {
    app.get<{ Params: InRepository }>(url, async (request): Promise<GarbageCollectionRules> => {
      const found = await catalog.retention.get(request.params.repository);
      if (!found) {
        throw new HttpError(
          404,
          'This repository has no garbage collection rules: everything committed is kept.'
        );
      }
      return rulesForm(found);
    });

    app.route<{ Params: InRepository; Body: GarbageCollectionRules }>({
      method: put,
      url,
      schema: { body: rules },
      handler: async (request, reply) => {
        await catalog.retention.set(request.params.repository, rulesOf(request.body));
        return reply.code(204).send();
      }
    });

    app.delete<{ Params: InRepository }>(url, async (request, reply) => {
      await catalog.retention.set(request.params.repository, undefined);
      return reply.code(204).send();
    });
  }

  app.get<{ Params: InRepository }>(
    '/repositories/:repository/gc/rules/set_allowed',
    async (request, reply) => {
      await catalog.repositories.get(request.params.repository);
      return reply.code(204).send();
    }
  );
}

function rulesOf({ default_retention_days, branches }: GarbageCollectionRules): RetentionRules {
  return {
    defaultDays: default_retention_days,
    branches: branches.map(({ branch_id, retention_days }) => ({ branch: branch_id, days: retention_days }))
  };
}

function rulesForm({ defaultDays, branches }: RetentionRules): GarbageCollectionRules {
  return {
    default_retention_days: defaultDays,
    branches: branches.map(({ branch, days }) => ({ branch_id: branch, retention_days: days }))
  };
}
