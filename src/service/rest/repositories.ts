import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { CatalogError, invalid } from '../catalog/errors.js';
import type { Page, Repository } from '../catalog/model.js';
import { AMOUNT_MAX, amountOf, pageOf } from '../catalog/paging.js';
import type { RestContext } from './context.js';
import { paginated } from './paging.js';
import { flag, object, paging, text, textList, textMap } from './schemas.js';
import type { InRepository, Paging } from './schemas.js';

const creation = object(
  {
    name: text,
    storage_namespace: text,
    default_branch: text,
    storage_id: text,
    sample_data: flag,
    read_only: flag
  },
  'name',
  'storage_namespace'
);

/** Routes of the tag `repositories`. */
export function repositories(app: FastifyInstance, { catalog, sampleData }: RestContext): void {
  app.get<{ Querystring: Paging & { search?: string } }>(
    '/repositories',
    { schema: { querystring: object({ ...paging, search: text }) } },
    async request => {
      const { search, ...query } = request.query;
      const page = search ? await found(search, query) : await catalog.repositories.list(query);
      return paginated(page, repositoryForm);
    }
  );

  app.post<{ Body: wire.RepositoryCreation; Querystring: { bare?: boolean } }>(
    '/repositories',
    { schema: { body: creation, querystring: object({ bare: flag }) } },
    async (request, reply) => {
      const { body } = request;
      const { bare } = request.query;
      if (bare && body.sample_data) {
        throw invalid('A bare repository has no branch to put sample data on: leave out one of them.');
      }
      if (body.sample_data && !sampleData) {
        throw new CatalogError('not-offered', 'This service has no sample data: leave out sample_data.');
      }
      const created = await catalog.repositories.create({
        name: body.name,
        storageNamespace: body.storage_namespace,
        defaultBranch: body.default_branch || undefined,
        readOnly: body.read_only,
        bare
      });
      if (body.sample_data && sampleData) {
        await fill(created.name, sampleData);
      }
      return reply.code(201).send(repositoryForm(created));
    }
  );

  app.get<{ Params: InRepository }>('/repositories/:repository', async request =>
    repositoryForm(await catalog.repositories.get(request.params.repository))
  );

  app.delete<{ Params: InRepository; Querystring: { force?: boolean } }>(
    '/repositories/:repository',
    { schema: { querystring: object({ force: flag }) } },
    async (request, reply) => {
      await catalog.repositories.delete(request.params.repository, { force: request.query.force });
      return reply.code(204).send();
    }
  );

  app.get<{ Params: InRepository }>(
    '/repositories/:repository/metadata',
    async (request): Promise<wire.RepositoryMetadata> =>
      catalog.repositories.metadata(request.params.repository)
  );

  app.post<{ Params: InRepository; Body: wire.RepositoryMetadataSet }>(
    '/repositories/:repository/metadata',
    { schema: { body: object({ metadata: textMap }, 'metadata') } },
    async (request, reply) => {
      await catalog.repositories.setMetadata(request.params.repository, request.body.metadata);
      return reply.code(204).send();
    }
  );

  app.delete<{ Params: InRepository; Body: wire.RepositoryMetadataKeys }>(
    '/repositories/:repository/metadata',
    { schema: { body: object({ keys: textList }, 'keys') } },
    async (request, reply) => {
      await catalog.repositories.deleteMetadata(request.params.repository, request.body.keys);
      return reply.code(204).send();
    }
  );

  /** Repositories whose name contains `search`: looked for in all of them, which are few. */
  async function found(search: string, query: Paging): Promise<Page<Repository>> {
    const { prefix, after } = query;
    const wanted = amountOf(query);
    const results: Repository[] = [];
    for (let offset = after, more = true; more && results.length <= wanted;) {
      const page = await catalog.repositories.list({ prefix, after: offset, amount: AMOUNT_MAX });
      results.push(...page.results.filter(({ name }) => name.includes(search)));
      offset = page.nextOffset;
      more = page.hasMore;
    }
    return pageOf(results, wanted, ({ name }) => name);
  }

  /** A repository that could not be filled is not left behind half full. */
  async function fill(name: string, sample: (repository: string) => Promise<void>): Promise<void> {
    try {
      await sample(name);
    } catch (error) {
      await catalog.repositories.delete(name, { force: true });
      throw error;
    }
  }
}

function repositoryForm(repository: Repository): wire.Repository {
  return {
    id: repository.name,
    creation_date: Math.floor(repository.createdAt / 1000),
    default_branch: repository.defaultBranch,
    storage_namespace: repository.storageNamespace,
    read_only: repository.readOnly
  };
}
