import type { Upload } from '../catalog/uploads.js';
import { splitKey } from './address.js';
import { answerXml } from './answer.js';
import { branchesInKeyOrder } from './branch-order.js';
import type { S3Call } from './call.js';
import { digestElements, planElements } from './checksums.js';
import { invalidArgument } from './errors.js';
import { OWNER, readAmount, readEncoding } from './list-objects.js';
import { behind, checkRootDelimiter, groupOf, isBehind, pathBehind } from './listing.js';
import { readUpload } from './multipart.js';
import { quoted } from './objects.js';
import { document, element, type Xml } from './xml.js';

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
  const { checksum, parts, hasMore } = await catalog.uploads.listParts(bucket, upload, { after, amount });
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
      ...planElements(checksum),
      ...parts.map(part =>
        element('Part', [
          element('PartNumber', String(part.partNumber)),
          element('LastModified', new Date(part.mtime).toISOString()),
          element('ETag', quoted(part.etag)),
          element('Size', String(part.size)),
          ...digestElements(part.digests)
        ])
      )
    ])
  );
}

/** What ListMultipartUploads asks for. */
interface UploadsRequest {
  prefix: string;
  delimiter: string;
  after: Marker;
  amount: number;
}

/** Behind this key's upload of this id, or behind all of its uploads or a common prefix ('' as id). */
interface Marker {
  key: string;
  id: string;
}

type Listed = { kind: 'upload'; key: string; upload: Upload } | { kind: 'prefix'; key: string };

/** Uploads and common prefixes, and where to go on from, if there may be more. */
interface UploadsPage {
  items: Listed[];
  next?: Marker;
}

/** ListMultipartUploads. Uploads to one key come in the order of their ids. */
export async function listUploads(call: S3Call): Promise<void> {
  const { bucket, query } = call;
  const keyMarker = query.get('key-marker') ?? '';
  const request: UploadsRequest = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    // As in S3, the id counts only together with the key.
    after: { key: keyMarker, id: keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '') },
    amount: readAmount(query, 'max-uploads')
  };
  const { prefix, delimiter, after, amount } = request;
  if (!prefix.includes('/')) {
    checkRootDelimiter(delimiter);
  }
  const encode = readEncoding(query);
  const { items, next } = await collect(call, request);
  answerXml(
    call,
    document('ListMultipartUploadsResult', [
      element('Bucket', bucket),
      element('Prefix', encode(prefix)),
      ...(delimiter === '' ? [] : [element('Delimiter', encode(delimiter))]),
      element('KeyMarker', encode(after.key)),
      element('UploadIdMarker', after.id),
      element('MaxUploads', String(amount)),
      ...(query.get('encoding-type') ? [element('EncodingType', 'url')] : []),
      element('IsTruncated', String(next !== undefined)),
      ...(next ? [element('NextKeyMarker', encode(next.key)), element('NextUploadIdMarker', next.id)] : []),
      ...items.map(item => listed(item, encode))
    ])
  );
}

function listed(item: Listed, encode: (key: string) => string): Xml {
  if (item.kind === 'prefix') {
    return element('CommonPrefixes', [element('Prefix', encode(item.key))]);
  }
  const { uploadId, createdAt, checksum } = item.upload;
  return element('Upload', [
    element('Key', encode(item.key)),
    element('UploadId', uploadId),
    element('Initiator', [element('ID', 'databranch'), element('DisplayName', 'databranch')]),
    OWNER,
    element('StorageClass', 'STANDARD'),
    element('Initiated', new Date(createdAt).toISOString()),
    ...planElements(checksum)
  ]);
}

async function collect(call: S3Call, request: UploadsRequest): Promise<UploadsPage> {
  const { prefix, delimiter, after, amount } = request;
  if (amount === 0) {
    return { items: [] };
  }
  const items: Listed[] = [];
  const goOn = (): UploadsPage => ({ items, next: items.length > 0 ? markerOf(items.at(-1)!) : after });
  let looked = 0;
  let previous = '';
  for await (const branch of branchesOf(call, prefix, after.key)) {
    if (looked++ === BRANCHES_PER_PAGE_MAX) {
      return { items, next: { key: behind(previous), id: '' } };
    }
    previous = branch;
    const group = prefix.includes('/') ? undefined : groupOf(branch, prefix, delimiter);
    // Behind a full page, one upload more tells that it is not the last.
    const left = amount - items.length;
    const page = group
      ? await groupPage(call, branch, group, items.at(-1)?.key ?? after.key, left)
      : await uploadsTo(call, branch, request, left);
    items.push(...page.items);
    if (page.hasMore) {
      return goOn();
    }
  }
  return { items };
}

const markerOf = (item: Listed): Marker => ({
  key: item.key,
  id: item.kind === 'upload' ? item.upload.uploadId : ''
});

async function* branchesOf(call: S3Call, prefix: string, after: string): AsyncGenerator<string> {
  if (prefix.includes('/')) {
    yield splitKey(prefix).ref;
  } else {
    yield* branchesInKeyOrder(call.catalog, call.bucket, { prefix, after });
  }
}

/** One branch's part of a page. */
interface BranchPage {
  items: Listed[];
  hasMore: boolean;
}

/** The common prefix that all keys of a branch have, unless it was told or has no uploads. */
async function groupPage(
  call: S3Call,
  branch: string,
  group: string,
  told: string,
  left: number
): Promise<BranchPage> {
  const { hasMore: hasUploads } = isBehind(group, told)
    ? await call.catalog.uploads.list(call.bucket, branch, { amount: 0 })
    : { hasMore: false };
  const isFull = left === 0;
  return {
    items: hasUploads && !isFull ? [{ kind: 'prefix', key: group }] : [],
    hasMore: hasUploads && isFull
  };
}

async function uploadsTo(
  call: S3Call,
  branch: string,
  { prefix, delimiter, after }: UploadsRequest,
  amount: number
): Promise<BranchPage> {
  const path = pathBehind(after.key, branch);
  if (path === undefined) {
    return { items: [], hasMore: false };
  }
  const { results, hasMore } = await call.catalog.uploads.list(call.bucket, branch, {
    prefix: prefix.includes('/') ? splitKey(prefix).path : '',
    delimiter,
    after: path === '' ? undefined : { path, uploadId: after.id || undefined },
    amount
  });
  const items = results.map((item): Listed => {
    return item.kind === 'upload'
      ? { kind: 'upload', key: `${branch}/${item.upload.path}`, upload: item.upload }
      : { kind: 'prefix', key: `${branch}/${item.path}` };
  });
  return { items, hasMore };
}
