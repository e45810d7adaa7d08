import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { CatalogError } from '../catalog/errors.js';
import type { Commit } from '../catalog/model.js';
import type { RestContext } from './context.js';
import { flag, integer, object, text, textMap } from './schemas.js';
import type { InRepository, OnBranch } from './schemas.js';

/** What a commit is made from. */
export const commitCreation = object(
  { message: text, metadata: textMap, date: integer, allow_empty: flag, force: flag },
  'message'
);

/** Routes of the tag `commits`. */
export function commits(app: FastifyInstance, { catalog }: RestContext): void {
  app.post<{ Params: OnBranch; Body: wire.CommitCreation; Querystring: { source_metarange?: string } }>(
    '/repositories/:repository/branches/:branch/commits',
    { schema: { body: commitCreation, querystring: object({ source_metarange: text }) } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { message, metadata, date, allow_empty: allowEmpty, force } = request.body;
      if (request.query.source_metarange) {
        throw new CatalogError('not-offered', 'Committing a metarange is not offered: write the objects.');
      }
      const committer = request.user.user;
      const commit = await catalog.commits.create(repository, branch, {
        committer,
        message,
        metadata,
        date,
        allowEmpty,
        force
      });
      return reply.code(201).send(commitForm(commit));
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
