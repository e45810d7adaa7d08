import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { ObjectEntry } from '../catalog/model.js';
import type { RestContext } from './context.js';
import { statusOf } from './errors.js';
import { paginated } from './paging.js';
import { readAddress } from './presigned.js';
import { flag, object, pathPaging, text, textList, textMap } from './schemas.js';
import type { AtRef, OnBranch, PathPaging } from './schemas.js';
import { showSources } from './source-address.js';
import { listedStats, objectStats } from './stats.js';

interface OfPath {
  path: string;
}

/** What of an object is shown. */
interface Shown {
  user_metadata?: boolean;
  presign?: boolean;
}

/** Routes of the tag `objects` that carry no bytes; the others are in download.ts and upload.ts. */
export function objects(app: FastifyInstance, { catalog, presign: sign }: RestContext): void {
  const namespaceOf = async (repository: string) =>
    (await catalog.repositories.get(repository)).storageNamespace;

  app.get<{ Params: AtRef; Querystring: PathPaging & Shown }>(
    '/repositories/:repository/refs/:ref/objects/ls',
    { schema: { querystring: object({ ...pathPaging, user_metadata: flag, presign: flag }) } },
    async request => {
      const { repository, ref } = request.params;
      const { user_metadata: withMetadata = true, presign, ...query } = request.query;
      const namespace = await namespaceOf(repository);
      const page = await catalog.objects.list(repository, ref, query);
      const addressOf = (entry: ObjectEntry) =>
        presign ? readAddress(sign, request, request.params, entry) : undefined;
      const shown = paginated(page, item => listedStats(item, namespace, withMetadata, addressOf));
      if (!presign) {
        const entries = page.results.map(item => (item.kind === 'object' ? item.entry : undefined));
        await showSources(catalog, repository, entries, shown.results);
      }
      return shown;
    }
  );

  app.get<{ Params: AtRef; Querystring: OfPath & Shown }>(
    '/repositories/:repository/refs/:ref/objects/stat',
    { schema: { querystring: object({ path: text, user_metadata: flag, presign: flag }, 'path') } },
    async request => {
      const { repository, ref } = request.params;
      const { path, user_metadata: withMetadata = true, presign } = request.query;
      const namespace = await namespaceOf(repository);
      const entry = await catalog.objects.stat(repository, ref, path);
      if (presign) {
        const address = readAddress(sign, request, request.params, entry);
        return objectStats(path, entry, namespace, withMetadata, address);
      }
      const shown = objectStats(path, entry, namespace, withMetadata);
      await showSources(catalog, repository, [entry], [shown]);
      return shown;
    }
  );

  app.get<{ Params: AtRef; Querystring: OfPath }>(
    '/repositories/:repository/refs/:ref/objects/underlyingProperties',
    { schema: { querystring: object({ path: text }, 'path') } },
    async (request): Promise<wire.UnderlyingObjectProperties> => {
      await catalog.objects.stat(request.params.repository, request.params.ref, request.query.path);
      return { storage_class: null };
    }
  );

  app.put<{ Params: OnBranch; Querystring: OfPath; Body: wire.UpdateObjectUserMetadata }>(
    '/repositories/:repository/branches/:branch/objects/stat/user_metadata',
    { schema: { querystring: object({ path: text }, 'path'), body: object({ set: textMap }, 'set') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      await catalog.objects.setMetadata(repository, branch, request.query.path, request.body.set);
      return reply.code(201).send();
    }
  );

  app.delete<{ Params: OnBranch; Querystring: OfPath & { force?: boolean } }>(
    '/repositories/:repository/branches/:branch/objects',
    { schema: { querystring: object({ path: text, force: flag, no_tombstone: flag }, 'path') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { path, force } = request.query;
      await catalog.objects.delete(repository, branch, path, { force });
      return reply.code(204).send();
    }
  );

  app.post<{ Params: OnBranch; Querystring: { force?: boolean }; Body: wire.PathList }>(
    '/repositories/:repository/branches/:branch/objects/delete',
    {
      schema: {
        querystring: object({ force: flag, no_tombstone: flag }),
        body: object({ paths: textList }, 'paths')
      }
    },
    async (request): Promise<wire.ObjectErrorList> => {
      const { repository, branch } = request.params;
      const { force } = request.query;
      const failed = await catalog.objects.deleteMany(repository, branch, request.body.paths, { force });
      return {
        errors: failed.map(({ path, error }) => ({
          status_code: statusOf(error),
          message: error.message,
          path
        }))
      };
    }
  );

  app.post<{ Params: OnBranch; Querystring: { dest_path: string }; Body: wire.ObjectCopyCreation }>(
    '/repositories/:repository/branches/:branch/objects/copy',
    {
      schema: {
        querystring: object({ dest_path: text }, 'dest_path'),
        body: object({ src_path: text, src_ref: text, force: flag, shallow: flag }, 'src_path')
      }
    },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { src_path: path, src_ref: ref, force } = request.body;
      const to = request.query.dest_path;
      const entry = await catalog.objects.copy(
        repository,
        { ref: ref || branch, path },
        { branch, path: to },
        { force }
      );
      return reply.code(201).send(objectStats(to, entry, await namespaceOf(repository)));
    }
  );

  app.get<{ Params: OnBranch; Querystring: OfPath }>(
    '/repositories/:repository/branches/:branch/objects/stage_allowed',
    { schema: { querystring: object({ path: text }, 'path') } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      await catalog.objects.checkWritable(repository, branch, request.query.path);
      return reply.code(204).send();
    }
  );
}
