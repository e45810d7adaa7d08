import type { FastifyInstance } from 'fastify';
import type { MergeWithSides } from '../../protocol/databranch.js';
import type { MergeResult } from '../../protocol/lakefs.js';
import type { MergeRequest } from '../catalog/model.js';
import type { CommitId } from '../ids.js';
import type { RestContext } from './context.js';
import { guarded } from './guarded.js';
import { flag, object, oneOf, text, textMap } from './schemas.js';
import type { InRepository } from './schemas.js';

interface MergeParams extends InRepository {
  source: string;
  destination: string;
}

const body = object(
  {
    message: text,
    metadata: textMap,
    strategy: oneOf('source-wins', 'dest-wins'),
    sides: {
      type: 'array',
      items: object({ path: text, side: oneOf('source', 'destination') }, 'path', 'side')
    },
    source_commit_id: text,
    destination_commit_id: text,
    force: flag
  },
  'sides',
  'source_commit_id',
  'destination_commit_id'
);

/** Our addition: a merge whose conflicts were decided path by path, in the one write that any merge is. */
export function mergeWithSides(app: FastifyInstance, context: RestContext): void {
  app.post<{ Params: MergeParams; Body: MergeWithSides }>(
    '/databranch/repositories/:repository/refs/:source/merge/:destination',
    { schema: { body } },
    async (request, reply): Promise<MergeResult> => {
      const { repository, source, destination } = request.params;
      const { message, metadata, strategy, sides, force, ...seen } = request.body;
      const wanted: MergeRequest = {
        committer: request.user.user,
        message: message || undefined,
        metadata,
        strategy,
        force,
        sides: new Map(sides.map(({ path, side }) => [path, side])),
        seen: {
          source: seen.source_commit_id as CommitId,
          destination: seen.destination_commit_id as CommitId
        }
      };
      return guarded(context, request, reply, force, check =>
        context.catalog.merges.merge(repository, source, destination, wanted, check)
      );
    }
  );
}
