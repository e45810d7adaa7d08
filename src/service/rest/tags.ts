import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { Tag } from '../catalog/model.js';
import type { RestContext } from './context.js';
import { paginated } from './paging.js';
import { flag, object, paging, text } from './schemas.js';
import type { InRepository, Paging } from './schemas.js';

type NamedTag = InRepository & { tag: string };

/** Routes of the tag `tags`. */
export function tags(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Params: InRepository; Querystring: Paging }>(
    '/repositories/:repository/tags',
    { schema: { querystring: object(paging) } },
    async request => paginated(await catalog.tags.list(request.params.repository, request.query), tagForm)
  );

  app.post<{ Params: InRepository; Body: wire.TagCreation }>(
    '/repositories/:repository/tags',
    { schema: { body: object({ id: text, ref: text, force: flag }, 'id', 'ref') } },
    async (request, reply) => {
      const { id, ref, force } = request.body;
      const tag = await catalog.tags.create(request.params.repository, { name: id, ref, force });
      return reply.code(201).send(tagForm(tag));
    }
  );

  app.get<{ Params: NamedTag }>('/repositories/:repository/tags/:tag', async request =>
    tagForm(await catalog.tags.get(request.params.repository, request.params.tag))
  );

  app.delete<{ Params: NamedTag }>('/repositories/:repository/tags/:tag', async (request, reply) => {
    await catalog.tags.delete(request.params.repository, request.params.tag);
    return reply.code(204).send();
  });
}

function tagForm(tag: Tag): wire.Ref {
  return { id: tag.name, commit_id: tag.commitId };
}
