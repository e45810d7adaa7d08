import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { invalid } from '../catalog/errors.js';
import type { MergeRequest } from '../catalog/model.js';
import { commitForm } from './commits.js';
import type { RestContext } from './context.js';
import { diffForm } from './diffs.js';
import { guarded } from './guarded.js';
import { paginated } from './paging.js';
import { flag, object, oneOf, paging, pathPaging, text, textList, textMap } from './schemas.js';
import type { AtRef, InRepository, PathPaging } from './schemas.js';

interface LogQuery {
  after?: string;
  amount?: number;
  objects?: string[];
  prefixes?: string[];
  limit?: boolean;
  first_parent?: boolean;
  since?: string;
  stop_at?: string;
}

interface TwoRefs extends InRepository {
  left: string;
  right: string;
}

interface MergeParams extends InRepository {
  source: string;
  destination: string;
}

const merge = object({
  message: text,
  metadata: textMap,
  strategy: text,
  force: flag,
  allow_empty: flag,
  squash_merge: flag
});

/** Routes of the tag `refs`. */
export function refs(app: FastifyInstance, context: RestContext): void {
  const { catalog } = context;
  app.get<{ Params: AtRef; Querystring: LogQuery }>(
    '/repositories/:repository/refs/:ref/commits',
    {
      schema: {
        querystring: object({
          after: paging.after,
          amount: paging.amount,
          objects: textList,
          prefixes: textList,
          limit: flag,
          first_parent: flag,
          since: text,
          stop_at: text
        })
      }
    },
    async request => {
      const { first_parent: firstParent, since, stop_at: stopAt, ...query } = request.query;
      const page = await catalog.commits.log(request.params.repository, request.params.ref, {
        ...query,
        firstParent,
        since: since ? unixSeconds(since) : undefined,
        stopAt: stopAt || undefined
      });
      return paginated(page, commitForm);
    }
  );

  app.get<{ Params: TwoRefs; Querystring: PathPaging & DiffQuery }>(
    '/repositories/:repository/refs/:left/diff/:right',
    {
      schema: {
        querystring: object({
          ...pathPaging,
          type: oneOf('two_dot', 'three_dot'),
          include_right_stats: flag
        })
      }
    },
    async request => {
      const { repository, left, right } = request.params;
      const { include_right_stats: withRightStats, ...query } = request.query;
      const page = await catalog.diffs.refs(repository, left, right, query);
      return paginated(page, difference => diffForm(difference, withRightStats));
    }
  );

  app.post<{ Params: MergeParams; Body: wire.Merge }>(
    '/repositories/:repository/refs/:source/merge/:destination',
    { schema: { body: merge }, config: { bodyOptional: true } },
    async (request, reply): Promise<wire.MergeResult> => {
      const { repository, source, destination } = request.params;
      const { message, metadata, force, allow_empty: allowEmpty, squash_merge: squash } = request.body;
      const wanted: MergeRequest = {
        committer: request.user.user,
        message: message || undefined,
        metadata,
        strategy: strategyOf(request.body.strategy),
        squash,
        allowEmpty,
        force
      };
      return guarded(context, request, reply, force, check =>
        catalog.merges.merge(repository, source, destination, wanted, check)
      );
    }
  );

  app.get<{ Params: MergeParams }>(
    '/repositories/:repository/refs/:source/merge/:destination',
    async (request): Promise<wire.FindMergeBaseResult> => {
      const { repository, source, destination } = request.params;
      const base = await catalog.merges.base(repository, source, destination);
      return {
        source_commit_id: base.sourceCommitId,
        destination_commit_id: base.destinationCommitId,
        base_commit_id: base.baseCommitId
      };
    }
  );
}

interface DiffQuery {
  type?: 'two_dot' | 'three_dot';
  include_right_stats?: boolean;
}

export function strategyOf(strategy: string | undefined): MergeRequest['strategy'] {
  // Some clients send '' for "none chosen".
  if (!strategy) {
    return undefined;
  }
  if (strategy !== 'source-wins' && strategy !== 'dest-wins') {
    throw invalid(`"${strategy}" is not a merge strategy: choose source-wins or dest-wins, or leave it out.`);
  }
  return strategy;
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/i;

/** Unix seconds of a date-time. Python's client leaves out the zone's colon, or the zone: then it is UTC. */
function unixSeconds(dateTime: string): number {
  const [, day, time, zone = 'Z'] = DATE_TIME.exec(dateTime) ?? [];
  const milliseconds = Date.parse(`${day}T${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  if (Number.isNaN(milliseconds)) {
    throw invalid(`"${dateTime}" is not a date and time: write it like 2026-01-31T12:00:00Z.`);
  }
  return Math.floor(milliseconds / 1000);
}
