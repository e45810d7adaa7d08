import { checkConditions } from '../catalog/conditions.js';
import type { Conditions, ObjectEntry } from '../catalog/model.js';
import { parseVersionId } from '../catalog/versions.js';
import { readPlace, requireBranch, splitKey, writePlace } from './address.js';
import { answerBytes, answerEmpty, answerHead } from './answer.js';
import type { S3Call } from './call.js';
import { checksumHeaders } from './checksums.js';
import { notModified, rangeApplies, writeConditions } from './conditions.js';
import { invalidArgument, S3Error } from './errors.js';
import { attributeHeaders, readAttributes } from './metadata.js';
import { partChecksums, partRange, type PartRange } from './parts.js';
import { readRange, type ByteRange } from './range.js';
import { refuseUnsupported } from './unsupported.js';

/** PutObject. */
export async function putObject(call: S3Call): Promise<void> {
  const { catalog, bucket, headers, body } = call;
  refuseUnsupported(headers);
  const { ref, path: rest } = splitKey(call.key);
  if (rest === '' && call.key.endsWith('/')) {
    return putRootMarker(call, ref);
  }
  const { branch, path } = await writePlace(call);
  const attributes = readAttributes(headers);
  const conditions = writeConditions(headers);
  if (body.awaited && conditions) {
    await refuseEarly(call, branch, path, conditions);
  }
  const received = await body.receive(content => catalog.contents.receive(bucket, content));
  const entry = await catalog.objects.put(bucket, branch, path, received, { ...attributes, conditions });
  answerEmpty(call, 200, { etag: quoted(entry.checksum), ...checksumHeaders(body) });
}

/**
 * `branch/`: the folder marker that Hadoop and pyarrow write for the root of a branch. A branch is a folder by
 * existing, so the marker is acknowledged and nothing is kept.
 */
async function putRootMarker(call: S3Call, branch: string): Promise<void> {
  await requireBranch(call, branch);
  const content = await call.body.read(0);
  if (content.length > 0) {
    throw invalidArgument('The root of a branch is a folder and takes no content.');
  }
  answerEmpty(call, 200, { etag: '"d41d8cd98f00b204e9800998ecf8427e"', ...checksumHeaders(call.body) });
}

/** Refuses what will be refused anyway while the client still holds its body back. */
async function refuseEarly(
  call: S3Call,
  branch: string,
  path: string,
  conditions: Conditions
): Promise<void> {
  checkConditions(await call.catalog.objects.find(call.bucket, branch, path), conditions);
}

/** HeadObject. */
export async function headObject(call: S3Call): Promise<void> {
  const entry = await openObject(call);
  if (notModified(call.headers, entry)) {
    return answerNotModified(call, entry);
  }
  const range = await rangeOf(call, entry);
  const headers = Object.assign(objectHeaders(call, entry, range), await keptChecksums(call, entry, range));
  answerHead(call, range ? 206 : 200, headers);
}

/** GetObject. */
export async function getObject(call: S3Call): Promise<void> {
  const { catalog, bucket } = call;
  const entry = await openObject(call);
  if (notModified(call.headers, entry)) {
    return answerNotModified(call, entry);
  }
  const range = await rangeOf(call, entry);
  const { start, end } = range ?? { start: 0, end: entry.size };
  const headers = Object.assign(objectHeaders(call, entry, range), await keptChecksums(call, entry, range));
  const bytes = catalog.contents.read(bucket, entry.contentId, start, end);
  await answerBytes(call, range ? 206 : 200, headers, bytes);
}

/** The ETag as it goes over the wire. */
export function quoted(checksum: string): string {
  return `"${checksum}"`;
}

function openObject(call: S3Call): Promise<ObjectEntry> {
  const { ref, path } = readPlace(call.key);
  const version = call.query.get('versionId') ?? '';
  // Where versions were never kept, S3 calls the one that there is "null".
  return version === '' || version === 'null'
    ? call.catalog.objects.stat(call.bucket, ref, path)
    : openVersion(call, path, version);
}

/** The bytes that an object had when its version was given out: what presigned addresses of the REST API name. */
async function openVersion({ catalog, bucket }: S3Call, path: string, id: string): Promise<ObjectEntry> {
  const version = parseVersionId(id);
  const size = version && (await catalog.contents.size(bucket, version.contentId));
  if (size === undefined) {
    throw new S3Error('NoSuchVersion', 404, 'The specified version does not exist.', { VersionId: id });
  }
  return { path, ...version!, size, contentType: '', metadata: {} };
}

async function rangeOf(call: S3Call, entry: ObjectEntry): Promise<ByteRange | PartRange | undefined> {
  const part = await partRange(call, entry);
  if (part) {
    return part;
  }
  return rangeApplies(call.headers, entry) ? readRange(call.headers.get('range'), entry.size) : undefined;
}

/** What `x-amz-checksum-mode` asks for: the checksums of what the answer holds, which a mere range has none of. */
async function keptChecksums(
  call: S3Call,
  entry: ObjectEntry,
  range: ByteRange | PartRange | undefined
): Promise<Record<string, string>> {
  if (call.headers.get('x-amz-checksum-mode')?.toUpperCase() !== 'ENABLED') {
    return {};
  }
  if (range) {
    return 'contentId' in range ? partChecksums(call, range) : {};
  }
  const [facts] = await call.catalog.contents.facts(call.bucket, [entry.contentId]);
  return checksumHeaders(facts!);
}

function answerNotModified(call: S3Call, entry: ObjectEntry): void {
  answerEmpty(call, 304, {
    etag: quoted(entry.checksum),
    'last-modified': new Date(entry.mtime).toUTCString()
  });
}

function objectHeaders(
  call: S3Call,
  entry: ObjectEntry,
  range: ByteRange | PartRange | undefined
): Record<string, string | number> {
  const headers: Record<string, string | number> = attributeHeaders(entry);
  override(headers, call.query);
  headers['content-length'] = range ? range.end - range.start : entry.size;
  headers.etag = quoted(entry.checksum);
  headers['last-modified'] = new Date(entry.mtime).toUTCString();
  headers['accept-ranges'] = 'bytes';
  // Bytes of users must never run as a page of this origin, and cookies know no ports.
  headers['content-security-policy'] = 'sandbox';
  headers['x-content-type-options'] = 'nosniff';
  // No byte has no range: the only part of an empty object.
  if (range && range.end > range.start) {
    headers['content-range'] = `bytes ${range.start}-${range.end - 1}/${entry.size}`;
  }
  if (range && 'count' in range && range.count !== undefined) {
    headers['x-amz-mp-parts-count'] = range.count;
  }
  return headers;
}

/** Query parameters by which a client sets headers of the answer; presigned links to downloads use them. */
const OVERRIDES = new Map(
  [
    'content-type',
    'content-language',
    'content-disposition',
    'content-encoding',
    'cache-control',
    'expires'
  ].map(header => [`response-${header}`, header])
);

function override(headers: Record<string, string | number>, query: Map<string, string>): void {
  for (const [name, value] of query) {
    const header = OVERRIDES.get(name);
    if (header === undefined) {
      continue;
    }
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw invalidArgument(`${name} holds characters that a header cannot have.`);
    }
    headers[header] = value;
  }
}
