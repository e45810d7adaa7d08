import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { AccessKey } from '../auth/keys.js';
import { invalid } from '../catalog/errors.js';
import type { Branch, Difference } from '../catalog/model.js';
import { commitForm } from './commits.js';
import type { RestContext } from './context.js';
import { diffForm } from './diffs.js';
import { paginated } from './paging.js';
import { flag, integer, object, oneOf, paging, pathPaging, text, textMap } from './schemas.js';
import type { InRepository, OnBranch, Paging, PathPaging } from './schemas.js';

/** Routes of the tag `branches`. */
export function branches(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Params: InRepository; Querystring: Paging & { show_hidden?: boolean } }>(
    '/repositories/:repository/branches',
    { schema: { querystring: object({ ...paging, show_hidden: flag }) } },
    async request => {
      const { show_hidden: showHidden, ...query } = request.query;
      const page = await catalog.branches.list(request.params.repository, { ...query, showHidden });
      return paginated(page, branchForm);
    }
  );

  app.post<{ Params: InRepository; Body: wire.BranchCreation }>(
    '/repositories/:repository/branches',
    { schema: { body: object({ name: text, source: text, force: flag, hidden: flag }, 'name', 'source') } },
    async (request, reply) => {
      const actor = request.user.user;
      const branch = await catalog.branches.create(request.params.repository, { ...request.body, actor });
      // The description promises text here, where every other operation answers JSON.
      return reply.code(201).type('text/html').send(branch.commitId);
    }
  );

  app.get<{ Params: OnBranch }>('/repositories/:repository/branches/:branch', async request =>
    branchForm(await catalog.branches.get(request.params.repository, request.params.branch))
  );

  app.delete<{ Params: OnBranch; Querystring: { force?: boolean } }>(
    '/repositories/:repository/branches/:branch',
    { schema: { querystring: object({ force: flag }) } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { force } = request.query;
      await catalog.branches.delete(repository, branch, { force, actor: request.user.user });
      return reply.code(204).send();
    }
  );

  app.put<{ Params: OnBranch; Body: wire.ResetCreation }>(
    '/repositories/:repository/branches/:branch',
    {
      schema: {
        body: object({ type: oneOf('object', 'common_prefix', 'reset'), path: text, force: flag }, 'type')
      }
    },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { force } = request.body;
      await catalog.branches.reset(repository, branch, whatToReset(request.body), {
        force,
        actor: request.user.user
      });
      return reply.code(204).send();
    }
  );

  app.put<{ Params: OnBranch; Querystring: { ref: string; force?: boolean } }>(
    '/repositories/:repository/branches/:branch/hard_reset',
    { schema: { querystring: object({ ref: text, force: flag }, 'ref') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { ref, force } = request.query;
      await catalog.branches.hardReset(repository, branch, ref, { force, actor: request.user.user });
      return reply.code(204).send();
    }
  );

  app.get<{ Params: OnBranch; Querystring: PathPaging }>(
    '/repositories/:repository/branches/:branch/diff',
    { schema: { querystring: object(pathPaging) } },
    async request => {
      const { repository, branch } = request.params;
      const page = await catalog.diffs.uncommitted(repository, branch, request.query);
      return paginated(page, (difference: Difference) => diffForm(difference));
    }
  );

  app.post<{ Params: OnBranch; Body: wire.RevertCreation }>(
    '/repositories/:repository/branches/:branch/revert',
    { schema: { body: object({ ...replay, allow_empty: flag }, 'ref', 'parent_number') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { allow_empty: allowEmpty } = request.body;
      await catalog.replays.revert(repository, branch, { ...replayOf(request), allowEmpty });
      return reply.code(204).send();
    }
  );

  app.post<{ Params: OnBranch; Body: wire.CherryPickCreation }>(
    '/repositories/:repository/branches/:branch/cherry-pick',
    { schema: { body: object(replay, 'ref') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const commit = await catalog.replays.cherryPick(repository, branch, replayOf(request));
      return reply.code(201).send(commitForm(commit));
    }
  );
}

const replay = {
  ref: text,
  parent_number: integer,
  commit_overrides: object({ message: text, metadata: textMap }),
  force: flag
};

/** Another's commit done again, or taken back, is committed by who asks for it. */
function replayOf({ user, body }: { user: AccessKey; body: wire.CherryPickCreation }) {
  const { ref, parent_number: parent, commit_overrides: overrides, force } = body;
  return { ref, parent, committer: user.user, ...overrides, force };
}

function whatToReset({ type, path }: wire.ResetCreation) {
  if (type === 'reset') {
    return { kind: type } as const;
  }
  if (!path) {
    throw invalid(
      `To reset an ${type === 'object' ? 'object' : 'entire prefix'}, the body must name its "path".`
    );
  }
  return { kind: type, path } as const;
}

function branchForm(branch: Branch): wire.Ref {
  return { id: branch.name, commit_id: branch.commitId };
}
