import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RowsProgress } from '../../protocol/databranch.js';
import { CatalogError } from '../catalog/errors.js';
import type { Rows } from '../rows/rows.js';
import type { RestContext } from './context.js';
import { answerTo } from './errors.js';
import { clientGone, EventStream, wantsEvents } from './events.js';

/** Progress oftener than this is of no use to a person. */
const PROGRESS_INTERVAL_MS = 100;

type Observed = Parameters<Rows['count']>[3];

/** One JSON answer, or events `progress`, then `result` or `error`; the work stops when the client leaves. */
export async function answer<T extends object>(
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

/** @throws not-offered */
export function rowsOf({ rows }: RestContext): Rows {
  if (!rows) {
    throw new CatalogError('not-offered', 'This service was started without the part that counts rows.');
  }
  return rows;
}
