import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import type { ImportStatus } from '../catalog/imports/imports.js';
import { commitCreation, commitForm } from './commits.js';
import type { RestContext } from './context.js';
import { flag, integer, object, oneOf, text, textMap } from './schemas.js';
import type { OnBranch } from './schemas.js';
import { objectStats } from './stats.js';

interface OfImport {
  Params: OnBranch;
  Querystring: { id: string };
}

const location = object(
  { type: oneOf('common_prefix', 'object'), path: text, destination: text },
  'type',
  'path',
  'destination'
);
const creation = object(
  { paths: { type: 'array', items: location }, commit: commitCreation, force: flag },
  'paths',
  'commit'
);
const staging = object(
  {
    physical_address: text,
    checksum: text,
    size_bytes: integer,
    mtime: integer,
    metadata: textMap,
    content_type: text,
    force: flag
  },
  'physical_address',
  'checksum',
  'size_bytes'
);

/** Routes of the tag `import`, and the one that links a single file: local files become objects where they lie. */
export function imports(app: FastifyInstance, { catalog }: RestContext): void {
  const url = '/repositories/:repository/branches/:branch/import';
  const ofImport = { schema: { querystring: object({ id: text }, 'id') } };

  // `copy` is our addition: it takes the bytes in.
  app.post<{ Params: OnBranch; Querystring: { copy?: boolean }; Body: wire.ImportCreation }>(
    url,
    { schema: { body: creation, querystring: object({ copy: flag }) } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { paths, commit, force = false } = request.body;
      const { message, metadata, date, allow_empty: allowEmpty } = commit;
      const id = await catalog.imports.start(repository, branch, {
        locations: paths,
        commit: { committer: request.user.user, message, metadata, date, allowEmpty },
        copy: request.query.copy,
        force: force || commit.force
      });
      return reply.code(202).send({ id } satisfies wire.ImportCreationResponse);
    }
  );

  app.get<OfImport>(url, ofImport, async request => {
    const { repository, branch } = request.params;
    return statusForm(await catalog.imports.status(repository, branch, request.query.id));
  });

  app.delete<OfImport>(url, ofImport, async (request, reply) => {
    const { repository, branch } = request.params;
    await catalog.imports.cancel(repository, branch, request.query.id, request.user.user);
    return reply.code(204).send();
  });

  app.put<{ Params: OnBranch; Querystring: { path: string }; Body: wire.ObjectStageCreation }>(
    '/repositories/:repository/branches/:branch/objects',
    { schema: { querystring: object({ path: text }, 'path'), body: staging } },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { path } = request.query;
      const { physical_address: address, checksum, size_bytes: size, ...rest } = request.body;
      const { mtime, metadata, content_type: contentType, force } = rest;
      const { storageNamespace } = await catalog.repositories.get(repository);
      const content = await catalog.externalFiles.contentAt(address, size);
      const options = { contentType, metadata, force, mtime: mtime && mtime * 1000 };
      const { entry } = await catalog.objects.link(repository, branch, path, content, checksum, options);
      const stats = objectStats(path, entry, storageNamespace);
      return reply.code(201).send({ ...stats, physical_address: address } satisfies wire.ObjectStats);
    }
  );
}

function statusForm({ completed, updatedAt, ingested, commit, error }: ImportStatus): wire.ImportStatus {
  return {
    completed,
    update_time: new Date(updatedAt).toISOString(),
    ingested_objects: ingested,
    ...(commit && { metarange_id: commit.root, commit: commitForm(commit) }),
    ...(error !== undefined && { error: { message: error } })
  };
}
