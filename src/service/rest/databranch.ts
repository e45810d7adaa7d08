import type { FastifyInstance } from 'fastify';
import type { BranchState } from '../../protocol/databranch.js';
import { CatalogError } from '../catalog/errors.js';
import type { Granularity } from '../rows/answers/breakdown.js';
import type { RestContext } from './context.js';
import { EventStream } from './events.js';
import { answer, rowsOf } from './observed.js';
import { object, paging, text, textList } from './schemas.js';
import type { AtRef, InRepository, OnBranch } from './schemas.js';

/** Objects that one request may discard the changes of: as many as the lakeFS API deletes at once. */
const DISCARDED_MAX = 1_000;

interface RowsQuery {
  path?: string;
  after?: string;
  amount?: number;
}

/** Our additions to the API, as docs/databranch-api.yml describes them. */
export function databranch(app: FastifyInstance, context: RestContext): void {
  const rowsPaging = { path: text, after: paging.after, amount: paging.amount };

  app.get<{ Params: OnBranch }>(
    '/databranch/repositories/:repository/branches/:branch/state',
    async (request): Promise<BranchState> => {
      const { repository, branch } = request.params;
      const state = await context.catalog.branches.state(repository, branch);
      return {
        branch: state.branch,
        commit_id: state.commitId,
        change_token: state.changeToken,
        uncommitted: state.uncommitted,
        uncommitted_more: state.uncommittedMore
      };
    }
  );

  app.post<{ Params: OnBranch; Body: { paths: string[] } }>(
    '/databranch/repositories/:repository/branches/:branch/discard',
    {
      schema: {
        body: object({ paths: { ...textList, minItems: 1, maxItems: DISCARDED_MAX } }, 'paths')
      }
    },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const scope = { kind: 'objects', paths: request.body.paths } as const;
      await context.catalog.branches.reset(repository, branch, scope, { actor: request.user.user });
      return reply.code(204).send();
    }
  );

  app.get<{ Params: AtRef; Querystring: RowsQuery }>(
    '/databranch/repositories/:repository/refs/:ref/rows',
    { schema: { querystring: object(rowsPaging) } },
    async (request, reply) => {
      const { repository, ref } = request.params;
      const { path = '', after, amount } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.count(repository, ref, { path, after, amount }, observed)
      );
    }
  );

  app.get<{
    Params: InRepository & { left: string; right: string };
    Querystring: RowsQuery & { left_path?: string; right_path?: string; by?: Granularity };
  }>(
    '/databranch/repositories/:repository/refs/:left/rows/:right',
    {
      schema: {
        querystring: object({
          ...rowsPaging,
          left_path: text,
          right_path: text,
          by: { type: 'string', enum: ['data-set', 'partition', 'file'] }
        })
      }
    },
    async (request, reply) => {
      const { repository, left, right } = request.params;
      const { path = '', left_path: leftPath, right_path: rightPath, by, after, amount } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.compare(repository, left, right, { path, leftPath, rightPath, by, after, amount }, observed)
      );
    }
  );

  app.get('/databranch/lease', async (_request, reply) => {
    if (!context.leases) {
      throw new CatalogError('not-offered', 'This service is not leased: it runs until it is stopped.');
    }
    const giveUp = context.leases.open();
    const stream = new EventStream(reply);
    const end = () => stream.end();
    context.stopping.addEventListener('abort', end);
    reply.raw.once('close', () => {
      context.stopping.removeEventListener('abort', end);
      giveUp();
    });
    stream.send('lease', {});
  });
}
