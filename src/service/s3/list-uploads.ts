import type { Upload } from '../catalog/uploads.js';
import { splitKey } from './address.js';
import { answerXml } from './answer.js';
import { branchesInKeyOrder } from './branch-order.js';
import type { S3Call } from './call.js';
import { invalidArgument, notImplemented } from './errors.js';
import { OWNER, readAmount, readEncoding } from './list-objects.js';
import { behind, pathBehind } from './listing.js';
import { readUpload } from './multipart.js';
import { quoted } from './objects.js';
import { document, element } from './xml.js';

/** Branches that one page looks into; more are told of as another page. */
const BRANCHES_PER_PAGE_MAX = 100;
/** ListParts. */
export async function listParts(call: S3Call): Promise<void> {
  const { catalog, bucket, key, query } = call;
  const upload = readUpload(call);
  const after = Number(query.get('part-number-marker') || 0);
  if (!Number.isInteger(after) || after < 0) {
    throw invalidArgument('part-number-marker must be a number.');
  }
  const amount = readAmount(query, 'max-parts');
  const { parts, hasMore } = await catalog.uploads.listParts(bucket, upload, { after, amount });
  answerXml(
    call,
    document('ListPartsResult', [
      element('Bucket', bucket),
      element('Key', key),
      element('UploadId', upload.uploadId),
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

/** ListMultipartUploads. Uploads to one key come in the order of their ids. */
export async function listUploads(call: S3Call): Promise<void> {
  const { bucket, query } = call;
  if (query.get('delimiter')) {
    throw notImplemented('ListMultipartUploads is offered without a delimiter only.');
  }
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  // As in S3, it counts only together with the other one.
  const idMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const amount = readAmount(query, 'max-uploads');
  const encode = readEncoding(query);
  const { uploads, next } = await collect(call, prefix, { key: keyMarker, id: idMarker }, amount);
  answerXml(
    call,
    document('ListMultipartUploadsResult', [
      element('Bucket', bucket),
      element('Prefix', encode(prefix)),
      element('KeyMarker', encode(keyMarker)),
      element('UploadIdMarker', idMarker),
      element('MaxUploads', String(amount)),
      ...(query.get('encoding-type') ? [element('EncodingType', 'url')] : []),
      element('IsTruncated', String(next !== undefined)),
      ...(next ? [element('NextKeyMarker', encode(next.key)), element('NextUploadIdMarker', next.id)] : []),
      ...uploads.map(upload =>
        element('Upload', [
          element('Key', encode(keyOf(upload))),
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

/** Where a page of uploads begins: behind this key's upload of this id, or behind all of its uploads ('' as id). */
interface Marker {
  key: string;
  id: string;
}

const keyOf = ({ branch, path }: Upload) => `${branch}/${path}`;

/** Uploads behind `marker`, and where to go on from, if there may be more. */
async function collect(
  call: S3Call,
  prefix: string,
  marker: Marker,
  amount: number
): Promise<{ uploads: Upload[]; next?: Marker }> {
  const uploads: Upload[] = [];
  if (amount === 0) {
    return { uploads };
  }
  let looked = 0;
  let previous = '';
  for await (const branch of branchesOf(call, prefix, marker.key)) {
    if (looked++ === BRANCHES_PER_PAGE_MAX) {
      return { uploads, next: { key: behind(previous), id: '' } };
    }
    previous = branch;
    const page = await uploadsTo(call, branch, prefix, marker, amount - uploads.length);
    uploads.push(...page.uploads);
    if (page.hasMore) {
      const last = uploads.at(-1);
      return { uploads, next: last ? { key: keyOf(last), id: last.uploadId } : marker };
    }
  }
  return { uploads };
}

async function* branchesOf(call: S3Call, prefix: string, after: string): AsyncGenerator<string> {
  if (prefix.includes('/')) {
    yield splitKey(prefix).ref;
  } else {
    yield* branchesInKeyOrder(call.catalog, call.bucket, { prefix, after });
  }
}

async function uploadsTo(
  call: S3Call,
  branch: string,
  prefix: string,
  marker: Marker,
  amount: number
): Promise<{ uploads: Upload[]; hasMore: boolean }> {
  const path = pathBehind(marker.key, branch);
  if (path === undefined) {
    return { uploads: [], hasMore: false };
  }
  return call.catalog.uploads.list(call.bucket, branch, {
    prefix: prefix.includes('/') ? splitKey(prefix).path : '',
    after: path === '' ? undefined : { path, uploadId: marker.id || undefined },
    amount
  });
}
