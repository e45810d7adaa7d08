import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { invalid } from '../catalog/errors.js';
import { PARTS_MAX } from '../catalog/parts.js';
import { entityTags } from '../entity-tags.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { partAddress } from './presigned.js';
import { rangeOf } from './range.js';
import { integer, object, text, textMap } from './schemas.js';
import type { OnBranch } from './schemas.js';
import { objectStats, physicalAddress } from './stats.js';

interface UploadRoute {
  Params: OnBranch & { uploadId: string };
  Querystring: { path: string };
}
interface PartRoute {
  Params: UploadRoute['Params'] & { partNumber: number };
  Querystring: { path: string };
}

const ofPath = object({ path: text }, 'path');
const partNumber = { type: 'integer', minimum: 1, maximum: PARTS_MAX } as const;
const partParams = object({ partNumber });
const completion = object(
  {
    physical_address: text,
    parts: {
      type: 'array',
      items: object({ part_number: integer, etag: text }, 'part_number', 'etag')
    },
    user_metadata: textMap,
    content_type: text
  },
  'physical_address',
  'parts'
);
const copySource = object(
  {
    repository: text,
    ref: text,
    path: text,
    range: { type: 'string', pattern: '^bytes=((\\d*-\\d*,? ?)+)$' }
  },
  'repository',
  'ref',
  'path'
);

/** Multipart uploads whose parts are put to presigned addresses; part of the tag `experimental`. */
export function presignedMultipart(app: FastifyInstance, { catalog, presign }: RestContext): void {
  const uploads = '/repositories/:repository/branches/:branch/staging/pmpu';
  const upload = `${uploads}/:uploadId`;
  const part = `${upload}/parts/:partNumber`;

  app.post<{ Params: OnBranch; Querystring: { path: string; parts?: number } }>(
    uploads,
    {
      schema: {
        querystring: object(
          { path: text, parts: { type: 'integer', minimum: 0, maximum: PARTS_MAX } },
          'path'
        )
      }
    },
    async (request, reply) => {
      const { repository, branch } = request.params;
      const { path, parts = 0 } = request.query;
      const { storageNamespace } = await catalog.repositories.get(repository);
      const begun = await catalog.uploads.create(repository, branch, path);
      const form: wire.PresignMultipartUpload = {
        upload_id: begun.uploadId,
        physical_address: physicalAddress(storageNamespace, begun.uploadId),
        presigned_urls: Array.from(
          { length: parts },
          (_, i) => partAddress(presign, request, repository, begun, i + 1).url
        )
      };
      return reply.code(201).send(form);
    }
  );

  app.put<UploadRoute & { Body: wire.CompletePresignMultipartUpload }>(
    upload,
    { schema: { querystring: ofPath, body: completion } },
    async request => {
      const { repository } = request.params;
      const { parts, content_type: contentType, user_metadata: metadata } = request.body;
      const { address, namespace } = await open(request, request.body.physical_address);
      const named = parts.map(({ part_number, etag }) => ({
        partNumber: part_number,
        etag: entityTags(etag)?.[0] ?? ''
      }));
      const entry = await catalog.uploads.complete(repository, address, named, { contentType, metadata });
      return objectStats(address.path, entry, namespace);
    }
  );

  app.delete<UploadRoute & { Body: Partial<wire.AbortPresignMultipartUpload> }>(
    upload,
    {
      schema: { querystring: ofPath, body: object({ physical_address: text }) },
      config: { bodyOptional: true }
    },
    async (request, reply) => {
      const { address } = await open(request, request.body.physical_address);
      await catalog.uploads.abort(request.params.repository, address);
      return reply.code(204).send();
    }
  );

  app.put<PartRoute & { Body: wire.UploadPartFrom }>(
    part,
    {
      schema: {
        params: partParams,
        querystring: ofPath,
        body: object({ physical_address: text }, 'physical_address')
      }
    },
    async (request): Promise<wire.UploadTo> => {
      const { repository, partNumber } = request.params;
      const { address } = await open(request, request.body.physical_address);
      // Says now that there is no such upload.
      await catalog.uploads.get(repository, address);
      return { presigned_url: partAddress(presign, request, repository, address, partNumber).url };
    }
  );

  app.put<PartRoute & { Body: wire.UploadPartCopyFrom }>(
    `${part}/copy`,
    {
      schema: {
        params: partParams,
        querystring: ofPath,
        body: object({ physical_address: text, copy_source: copySource }, 'physical_address', 'copy_source')
      }
    },
    async (request, reply) => {
      const { repository, partNumber } = request.params;
      const { address } = await open(request, request.body.physical_address);
      const source = request.body.copy_source;
      const { contentId, size } = await catalog.objects.stat(source.repository, source.ref, source.path);
      const { etag } = await catalog.uploads.copyPart(repository, address, partNumber, {
        repository: source.repository,
        contentId,
        ...wanted(source.range, size)
      });
      return reply.code(204).header('etag', `"${etag}"`).send();
    }
  );

  /** The upload that a request names, in its path and once more by its physical address. */
  async function open(
    { params, query }: { params: UploadRoute['Params']; query: { path: string } },
    physical: string | undefined
  ) {
    const { repository, branch, uploadId } = params;
    const { storageNamespace: namespace } = await catalog.repositories.get(repository);
    if (physical !== undefined && physical !== physicalAddress(namespace, uploadId)) {
      throw new HttpError(400, `The physical address is not the one of upload ${uploadId}.`);
    }
    return { address: { branch, path: query.path, uploadId }, namespace };
  }
}

/** @throws invalid-input for more than one range, and for one outside of the source */
function wanted(range: string | undefined, size: number): { start: number; end: number } {
  const found = rangeOf(range, size);
  if (found === 'unsatisfiable' || (range !== undefined && found === 'whole')) {
    throw invalid(`"${range}" is not one range of bytes of the source, which has ${size}.`);
  }
  return found === 'whole' ? { start: 0, end: size } : found;
}
