import { checksumsOf, followed, type ChecksumDigests, type Checksums } from '../catalog/checksums.js';
import type { Conditions, ObjectEntry } from '../catalog/model.js';
import { checkKey, readPlace, writePlace, type Place } from './address.js';
import { answerXml } from './answer.js';
import type { S3Call } from './call.js';
import { checksumElements, readAlgorithm } from './checksums.js';
import { notModified, writeConditions } from './conditions.js';
import { invalidArgument, invalidRequest, preconditionFailed } from './errors.js';
import { readAttributes, type Attributes } from './metadata.js';
import { quoted } from './objects.js';
import { refuseUnsupported } from './unsupported.js';
import { document, element, type Xml } from './xml.js';

const SOURCE_PREFIX = 'x-amz-copy-source-';

/** What is copied from. */
export interface CopySource extends Place {
  bucket: string;
}

/** CopyObject: within a repository no byte moves; from another one they are streamed. */
export async function copyObject(call: S3Call): Promise<void> {
  const { bucket, headers } = call;
  refuseUnsupported(headers);
  const replaced = readDirective(headers);
  const source = readSource(headers);
  const target = await writePlace(call);
  const within = source.bucket === bucket;
  const ontoItself = within && source.ref === target.branch && source.path === target.path;
  if (ontoItself && replaced === undefined && readAlgorithm(headers) === undefined) {
    throw invalidRequest(
      'This copy request is illegal because it is trying to copy an object to itself without changing its metadata ' +
        'or checksum.'
    );
  }
  const options = { ...replaced, conditions: writeConditions(headers) };
  const entry = within
    ? await call.catalog.objects.copy(bucket, source, target, { ...options, ...(await pinned(call, source)) })
    : await copyAcross(call, source, target, options);
  const [facts] = await call.catalog.contents.facts(bucket, [entry.contentId]);
  const result = [...copyResult(entry.checksum, entry.mtime), ...checksumElements(facts!)];
  answerXml(call, document('CopyObjectResult', result));
}

/**
 * Conditions on the source may speak of dates, which the catalog does not know, and a checksum that it has not is
 * computed first: the copy is then held to the object that was looked at.
 */
async function pinned(
  call: S3Call,
  source: CopySource
): Promise<{ sourceConditions?: Conditions; checksums?: Checksums }> {
  const algorithm = readAlgorithm(call.headers);
  const conditional = [...call.headers.keys()].some(name => name.startsWith(`${SOURCE_PREFIX}if-`));
  if (!conditional && !algorithm) {
    return {};
  }
  const { contentId, size, checksum } = await openSource(call, source);
  const { contents } = call.catalog;
  const [facts] = await contents.facts(call.bucket, [contentId]);
  const isMissing = algorithm && wholeDigests(facts!.checksums)[algorithm] === undefined;
  return {
    sourceConditions: { ifMatch: [checksum] },
    checksums: isMissing
      ? await checksumsOf(contents.read(call.bucket, contentId, 0, size), algorithm)
      : undefined
  };
}

/** Digests that hold for a copy as well: composite ones are of parts, which it may not have. */
function wholeDigests(checksums: Checksums | undefined): ChecksumDigests {
  return checksums?.type === 'FULL_OBJECT' ? checksums.digests : {};
}

async function copyAcross(
  call: S3Call,
  source: CopySource,
  target: { branch: string; path: string },
  options: Partial<Attributes> & { conditions: Conditions | undefined }
): Promise<ObjectEntry> {
  const { catalog, bucket } = call;
  const { contentId, size, contentType, metadata } = await openSource(call, source);
  const [facts] = await catalog.contents.facts(source.bucket, [contentId]);
  const digests = { ...wholeDigests(facts!.checksums) };
  const algorithm = readAlgorithm(call.headers);
  const bytes = catalog.contents.read(source.bucket, contentId, 0, size);
  const isMissing = algorithm && digests[algorithm] === undefined;
  const received = await catalog.contents.receive(
    bucket,
    isMissing ? followed(bytes, algorithm, digests) : bytes
  );
  const hasAny = Object.keys(digests).length > 0;
  const { branch, path } = target;
  return catalog.objects.put(
    bucket,
    branch,
    path,
    { ...received, checksums: hasAny ? { type: 'FULL_OBJECT', digests } : undefined },
    { contentType, metadata, ...options }
  );
}

/** What CopyObject and UploadPartCopy answer. */
export function copyResult(checksum: string, mtime: number): Xml[] {
  return [element('LastModified', new Date(mtime).toISOString()), element('ETag', quoted(checksum))];
}

/**
 * The object to copy from. @throws CatalogError object-not-found; S3Error PreconditionFailed by the
 * `x-amz-copy-source-if-…` headers
 */
export async function openSource(call: S3Call, { bucket, ref, path }: CopySource): Promise<ObjectEntry> {
  const entry = await call.catalog.objects.stat(bucket, ref, path);
  if (notModified(call.headers, entry, SOURCE_PREFIX)) {
    throw preconditionFailed(`${SOURCE_PREFIX}if-none-match or ${SOURCE_PREFIX}if-modified-since`);
  }
  return entry;
}

/**
 * What `x-amz-copy-source` names: `[/]bucket/key`, percent-encoded, with or without `?versionId=null`.
 * @throws S3Error InvalidArgument, NoSuchKey
 */
export function readSource(headers: Map<string, string>): CopySource {
  const [encoded = '', version] = (headers.get('x-amz-copy-source') ?? '').split('?versionId=', 2);
  if (version !== undefined && version !== 'null') {
    throw invalidArgument('Objects have no version ids; copy older ones from COMMIT/path.');
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeSource(encoded)) ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey.');
  }
  checkKey(key);
  return { bucket, ...readPlace(key) };
}

/** Some clients send the source as it is: where it cannot be decoded it stands for itself. */
function decodeSource(encoded: string): string {
  const utf8 = Buffer.from(encoded, 'latin1').toString('utf8');
  try {
    return decodeURIComponent(utf8);
  } catch {
    return utf8;
  }
}

/** The attributes of the request when they are to replace those of the source. */
function readDirective(headers: Map<string, string>): Attributes | undefined {
  const directive = headers.get('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY') {
    return undefined;
  }
  if (directive === 'REPLACE') {
    return readAttributes(headers);
  }
  throw invalidArgument(`Unknown metadata directive "${directive}": use COPY or REPLACE.`);
}
