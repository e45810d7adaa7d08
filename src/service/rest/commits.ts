import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { Commit } from '../catalog/model.js';
import type { CommitId, NodeHash } from '../ids.js';
import type { RestContext } from './context.js';
import { flag, integer, object, text, textList, textMap } from './schemas.js';
import type { InRepository, OnBranch } from './schemas.js';

/** What a commit is made from. */
export const commitCreation = object(
  { message: text, metadata: textMap, date: integer, allow_empty: flag, force: flag },
  'message'
);

const recordCreation = object(
  {
    commit_id: text,
    // All commits here are of this version: it is no part of what makes their id.
    version: { type: 'integer', minimum: 1, maximum: 1 },
    committer: text,
    message: text,
    metarange_id: text,
    creation_date: integer,
    parents: textList,
    metadata: textMap,
    generation: integer,
    force: flag
  },
  'commit_id',
  'version',
  'committer',
  'message',
  'metarange_id',
  'creation_date',
  'parents',
  'generation'
);

/** Routes of the tag `commits`. */
export function commits(app: FastifyInstance, { catalog }: RestContext): void {
  app.post<{ Params: OnBranch; Body: wire.CommitCreation; Querystring: { source_metarange?: string } }>(
    '/repositories/:repository/branches/:branch/commits',
    { schema: { body: commitCreation, querystring: object({ source_metarange: text }) } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { message, metadata, date, allow_empty: allowEmpty, force } = request.body;
      const committer = request.user.user;
      const commit = await catalog.commits.create(repository, branch, {
        committer,
        message,
        metadata,
        date,
        root: (request.query.source_metarange || undefined) as NodeHash | undefined,
        allowEmpty,
        force
      });
      return reply.code(201).send(commitForm(commit));
    }
  );

  app.post<{ Params: InRepository; Body: wire.CommitRecordCreation }>(
    '/repositories/:repository/commits',
    { schema: { body: recordCreation } },
    async (request, reply) => {
      const { body } = request;
      const record = {
        root: body.metarange_id as NodeHash,
        parents: body.parents as CommitId[],
        generation: body.generation,
        message: body.message,
        committer: body.committer,
        date: body.creation_date,
        metadata: body.metadata ?? {}
      };
      await catalog.commits.record(request.params.repository, body.commit_id, record, { force: body.force });
      return reply.code(204).send();
    }
  );

  app.get<{ Params: InRepository & { commit: string } }>(
    '/repositories/:repository/commits/:commit',
    async request => commitForm(await catalog.commits.get(request.params.repository, request.params.commit))
  );
}

/** A commit in the API's form. */
export function commitForm(commit: Commit): wire.Commit {
  return {
    id: commit.id,
    parents: commit.parents,
    committer: commit.committer,
    message: commit.message,
    creation_date: commit.date,
    meta_range_id: commit.root,
    metadata: commit.metadata,
    generation: commit.generation,
    version: 1
  };
}
