import { splitKey } from './address.js';
import { answerXml } from './answer.js';
import { branchesInKeyOrder } from './branch-order.js';
import type { S3Call } from './call.js';
import { invalidArgument, notImplemented } from './errors.js';
import { OWNER, readAmount, readEncoding } from './list-objects.js';
import { behind, pathBehind } from './listing.js';
import { readUploadId } from './multipart.js';
import { quoted } from './objects.js';
import { document, element } from './xml.js';

/** Branches that one page looks into; more are told of as another page. */
const BRANCHES_PER_PAGE_MAX = 100;
/** Uploads that the catalog gives at once. */
const UPLOADS_MAX = 1_000;

interface Upload {
  key: string;
  uploadId: string;
  createdAt: number;
}

/** ListParts. */
export async function listParts(call: S3Call): Promise<void> {
  const { catalog, bucket, key, query } = call;
  const uploadId = readUploadId(call);
  const after = Number(query.get('part-number-marker') || 0);
  if (!Number.isInteger(after) || after < 0) {
    throw invalidArgument('part-number-marker must be a number.');
  }
  const amount = readAmount(query, 'max-parts');
  const { parts, hasMore } = await catalog.uploads.listParts(bucket, uploadId, { after, amount });
  answerXml(
    call,
    document('ListPartsResult', [
      element('Bucket', bucket),
      element('Key', key),
      element('UploadId', uploadId),
      OWNER,
      element('StorageClass', 'STANDARD'),
      element('PartNumberMarker', String(after)),
      element('NextPartNumberMarker', String(parts.at(-1)?.partNumber ?? after)),
      element('MaxParts', String(amount)),
      element('IsTruncated', String(hasMore)),
      ...parts.map(part =>
        element('Part', [
          element('PartNumber', String(part.partNumber)),
          element('LastModified', new Date(part.mtime).toISOString()),
          element('ETag', quoted(part.etag)),
          element('Size', String(part.size))
        ])
      )
    ])
  );
}

/** ListMultipartUploads. */
export async function listUploads(call: S3Call): Promise<void> {
  const { bucket, query } = call;
  if (query.get('delimiter')) {
    throw notImplemented('ListMultipartUploads is offered without a delimiter only.');
  }
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('key-marker') ?? '';
  const amount = readAmount(query, 'max-uploads');
  const encode = readEncoding(query);
  const { uploads, next } = await collect(call, prefix, marker, amount);
  answerXml(
    call,
    document('ListMultipartUploadsResult', [
      element('Bucket', bucket),
      element('Prefix', encode(prefix)),
      element('KeyMarker', encode(marker)),
      element('UploadIdMarker', query.get('upload-id-marker') ?? ''),
      element('MaxUploads', String(amount)),
      ...(query.get('encoding-type') ? [element('EncodingType', 'url')] : []),
      element('IsTruncated', String(next !== '')),
      ...(next === '' ? [] : [element('NextKeyMarker', encode(next))]),
      ...uploads.map(upload =>
        element('Upload', [
          element('Key', encode(upload.key)),
          element('UploadId', upload.uploadId),
          element('Initiator', [element('ID', 'databranch'), element('DisplayName', 'databranch')]),
          OWNER,
          element('StorageClass', 'STANDARD'),
          element('Initiated', new Date(upload.createdAt).toISOString())
        ])
      )
    ])
  );
}

/** Uploads behind `marker`, and where to go on from ('' at the end). All uploads of one key come on one page. */
async function collect(
  call: S3Call,
  prefix: string,
  marker: string,
  amount: number
): Promise<{ uploads: Upload[]; next: string }> {
  const uploads: Upload[] = [];
  let looked = 0;
  let previous = '';
  for await (const branch of branchesOf(call, prefix, marker)) {
    if (looked++ === BRANCHES_PER_PAGE_MAX) {
      return { uploads, next: behind(previous) };
    }
    previous = branch;
    for (const upload of await uploadsOf(call, branch, prefix, marker)) {
      const last = uploads.at(-1)?.key;
      if (uploads.length >= amount && upload.key !== last) {
        return { uploads, next: last ?? marker };
      }
      uploads.push(upload);
    }
  }
  return { uploads, next: '' };
}

async function* branchesOf(call: S3Call, prefix: string, after: string): AsyncGenerator<string> {
  if (prefix.includes('/')) {
    yield splitKey(prefix).ref;
  } else {
    yield* branchesInKeyOrder(call.catalog, call.bucket, { prefix, after });
  }
}

async function uploadsOf(call: S3Call, branch: string, prefix: string, marker: string): Promise<Upload[]> {
  const after = pathBehind(marker, branch);
  if (after === undefined) {
    return [];
  }
  const { uploads } = await call.catalog.uploads.list(call.bucket, branch, {
    prefix: prefix.includes('/') ? splitKey(prefix).path : '',
    after,
    amount: UPLOADS_MAX
  });
  return uploads.map(({ path, uploadId, createdAt }) => ({ key: `${branch}/${path}`, uploadId, createdAt }));
}
