import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/lakefs.js';
import { CatalogError } from '../catalog/errors.js';
import { conditionsOf } from './conditions.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { partAddress } from './presigned.js';
import { flag, integer, object, text, textMap } from './schemas.js';
import type { OnBranch } from './schemas.js';
import { objectStats, physicalAddress } from './stats.js';

interface BackingRoute {
  Params: OnBranch;
  Querystring: { path: string; presign?: boolean };
}

const location = object({ physical_address: text, presigned_url: text, presigned_url_expiry: integer });
const staged = object(
  {
    staging: location,
    checksum: text,
    size_bytes: integer,
    mtime: integer,
    content_type: text,
    user_metadata: textMap,
    force: flag
  },
  'staging',
  'checksum',
  'size_bytes'
);

/** Routes of the tag `staging`: a client puts the bytes to an address that it asked for, then links them to a path. */
export function staging(app: FastifyInstance, { catalog, presign }: RestContext): void {
  const url = '/repositories/:repository/branches/:branch/staging/backing';

  app.get<BackingRoute>(
    url,
    { schema: { querystring: object({ path: text, presign: flag }, 'path') } },
    async (request): Promise<wire.StagingLocation> => {
      const { repository, branch } = request.params;
      const { storageNamespace } = await catalog.repositories.get(repository);
      const upload = await catalog.uploads.stage(repository, branch, request.query.path);
      const physical_address = physicalAddress(storageNamespace, upload.uploadId);
      if (!request.query.presign) {
        return { physical_address };
      }
      // The S3 side takes the bytes, as part 1 of an upload.
      const presigned = partAddress(presign, request, repository, upload, 1);
      return { physical_address, presigned_url: presigned.url, presigned_url_expiry: presigned.expiry };
    }
  );

  app.put<BackingRoute & { Body: wire.StagingMetadata }>(
    url,
    { schema: { querystring: object({ path: text }, 'path'), body: staged } },
    async request => {
      const { repository, branch } = request.params;
      const { path } = request.query;
      const { checksum, size_bytes: size, content_type: contentType, user_metadata, force } = request.body;
      const { storageNamespace } = await catalog.repositories.get(repository);
      const uploadId = uploadIn(request.body.staging.physical_address ?? '', storageNamespace);
      const entry = await catalog.uploads.link(
        repository,
        { branch, path, uploadId },
        { size, checksum },
        { contentType, metadata: user_metadata, force, conditions: conditionsOf(request.headers) }
      );
      return objectStats(path, entry, storageNamespace);
    }
  );
}

/** The upload that a physical address is of. */
function uploadIn(address: string, namespace: string): string {
  const inside = physicalAddress(namespace, '');
  if (address === '') {
    throw new HttpError(400, 'The body\'s "staging" lacks "physical_address": say which address to link.');
  }
  if (!address.startsWith(inside)) {
    throw new CatalogError(
      'not-offered',
      `"${address}" lies outside of this repository's storage namespace, and such addresses cannot be linked.`
    );
  }
  return address.slice(inside.length);
}
