import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type * as ours from '../../protocol/sandboxes.js';
import type { Sandbox } from '../catalog/model.js';
import type { RestContext } from './context.js';
import { guarded } from './guarded.js';
import { object, oneOf, text, textMap } from './schemas.js';
import type { InRepository, OnBranch } from './schemas.js';

/** Our addition: throw-away branches for single cells, and what becomes of them. */
export function sandboxes(app: FastifyInstance, context: RestContext): void {
  const { catalog } = context;
  const taking = { message: text, metadata: textMap };

  app.post<{ Params: InRepository; Body: ours.SandboxCreation }>(
    '/databranch/repositories/:repository/sandboxes',
    { schema: { body: object({ source: text }, 'source') } },
    async (request, reply) => {
      const { repository } = request.params;
      const made = await catalog.sandboxes.create(repository, request.body.source, request.user.user);
      return reply.code(201).send(sandboxForm(made));
    }
  );

  const one = '/databranch/repositories/:repository/sandboxes/:branch';
  app.get<{ Params: OnBranch }>(one, async request =>
    sandboxForm(await catalog.sandboxes.get(request.params.repository, request.params.branch))
  );

  app.delete<{ Params: OnBranch }>(one, async (request, reply) => {
    const { repository, branch } = request.params;
    await catalog.sandboxes.discard(repository, branch, request.user.user);
    return reply.code(204).send();
  });

  app.post<{ Params: OnBranch; Body: ours.SandboxKeeping }>(
    `${one}/keep`,
    { schema: { body: object({ name: text, ...taking }, 'name') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { name, ...rest } = request.body;
      const committer = request.user.user;
      const kept = await catalog.sandboxes.keep(repository, branch, name, { committer, ...rest });
      const ref: wire.Ref = { id: kept.name, commit_id: kept.commitId };
      return reply.code(201).send(ref);
    }
  );

  app.post<{ Params: OnBranch; Body: ours.SandboxMerging }>(
    `${one}/merge`,
    {
      schema: {
        body: object(
          { destination: text, ...taking, strategy: oneOf('source-wins', 'dest-wins') },
          'destination'
        )
      }
    },
    async (request, reply): Promise<wire.MergeResult> => {
      const { repository, branch } = request.params;
      const { destination, ...rest } = request.body;
      const taking = { committer: request.user.user, ...rest };
      return guarded(context, request, reply, false, check =>
        catalog.sandboxes.merge(repository, branch, destination, taking, check)
      );
    }
  );
}

function sandboxForm({ name, commitId, expiresAt }: Sandbox): ours.Sandbox {
  return { branch: name, commit_id: commitId, expires_at: Math.floor(expiresAt / 1000) };
}
