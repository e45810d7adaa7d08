import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/databranch.js';
import type { Operation } from '../catalog/operations.js';
import type { RestContext } from './context.js';
import { paginated } from './paging.js';
import { object, paging, text } from './schemas.js';
import type { InRepository } from './schemas.js';

/** Our addition: who did what to which branch, and taking it back. */
export function operationLog(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Params: InRepository; Querystring: { branch?: string; after?: string; amount?: number } }>(
    '/databranch/repositories/:repository/operations',
    { schema: { querystring: object({ branch: text, after: paging.after, amount: paging.amount }) } },
    async (request): Promise<wire.OperationList> => {
      const { branch, after, amount } = request.query;
      // Clients send an empty `after` for the first page.
      const query = { branch, after: after || undefined, amount };
      return paginated(await catalog.operations.list(request.params.repository, query), operationForm);
    }
  );

  app.post<{ Params: InRepository & { operation: string } }>(
    '/databranch/repositories/:repository/operations/:operation/undo',
    async (request, reply) => {
      const { repository, operation } = request.params;
      const undo = await catalog.undo.apply(repository, operation, request.user.user);
      return reply.code(201).send(operationForm(undo));
    }
  );
}

function operationForm(operation: Operation): wire.Operation {
  const { id, at, actor, verb, branch, from, to, undone, undoes } = operation;
  return {
    id,
    time: Math.floor(at / 1000),
    actor,
    verb,
    branch,
    from_commit_id: from ?? null,
    to_commit_id: to ?? null,
    undone,
    undoes: undoes ?? null
  };
}
