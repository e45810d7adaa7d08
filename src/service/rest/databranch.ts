import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BranchState, RowsProgress } from '../../protocol/databranch.js';
import { CatalogError } from '../catalog/errors.js';
import type { Rows } from '../rows/rows.js';
import type { RestContext } from './context.js';
import { answerTo } from './errors.js';
import { clientGone, EventStream, wantsEvents } from './events.js';
import { object, paging, text } from './schemas.js';
import type { AtRef, InRepository, OnBranch } from './schemas.js';

/** Progress oftener than this is of no use to a person. */
const PROGRESS_INTERVAL_MS = 100;

interface RowsQuery {
  path?: string;
  after?: string;
  amount?: number;
}

type Observed = Parameters<Rows['count']>[3];

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
    Querystring: RowsQuery & { left_path?: string; right_path?: string };
  }>(
    '/databranch/repositories/:repository/refs/:left/rows/:right',
    { schema: { querystring: object({ ...rowsPaging, left_path: text, right_path: text }) } },
    async (request, reply) => {
      const { repository, left, right } = request.params;
      const { path = '', left_path: leftPath, right_path: rightPath, after, amount } = request.query;
      const rows = rowsOf(context);
      return answer(request, reply, observed =>
        rows.compare(repository, left, right, { path, leftPath, rightPath, after, amount }, observed)
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

/** One JSON answer, or events `progress`, then `result` or `error`; the work stops when the client leaves. */
async function answer<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (observed: Observed) => Promise<T>
): Promise<T | undefined> {
  const signal = clientGone(reply);
  if (!wantsEvents(request)) {
    return work({ signal });
  }
  const stream = new EventStream(reply);
  let shownAt = -Infinity;
  const onProgress = (progress: RowsProgress) => {
    const now = performance.now();
    if (now - shownAt >= PROGRESS_INTERVAL_MS && !signal.aborted) {
      shownAt = now;
      stream.offer('progress', progress);
    }
  };
  try {
    stream.send('result', await work({ signal, onProgress }));
  } catch (error) {
    if (!stream.begun) {
      throw error;
    }
    const { status, body } = answerTo(error);
    stream.send('error', { status, ...body });
  }
  stream.end();
  return undefined;
}

function rowsOf({ rows }: RestContext): Rows {
  if (!rows) {
    throw new CatalogError('not-offered', 'This service was started without the part that counts rows.');
  }
  return rows;
}
