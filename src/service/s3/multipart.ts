import type { ChecksumPlan } from '../catalog/checksums.js';
import type { UploadAddress } from '../catalog/uploads.js';
import { entityTags } from '../entity-tags.js';
import type { S3Call } from './call.js';
import { splitKey, writePlace } from './address.js';
import { answerEmpty, answerXml } from './answer.js';
import {
  checksumElements,
  checksumHeaders,
  digestElements,
  readClaimedWhole,
  readDigests,
  readPlan,
  type ClaimedChecksum
} from './checksums.js';
import { writeConditions } from './conditions.js';
import { copyResult, openSource, readSource } from './copy.js';
import { invalidArgument, invalidRequest, S3Error } from './errors.js';
import { readAttributes } from './metadata.js';
import { quoted } from './objects.js';
import { readPartNumber } from './parts.js';
import type { ByteRange } from './range.js';
import { refuseUnsupported } from './unsupported.js';
import { document, element } from './xml.js';
import { readXml } from './xml-reader.js';

/** Ten thousand parts with ETag and checksum, generously indented. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** CreateMultipartUpload. */
export async function createUpload(call: S3Call): Promise<void> {
  const { catalog, bucket, key, headers } = call;
  refuseUnsupported(headers);
  const { branch, path } = await writePlace(call);
  const checksum = readPlan(headers);
  const attributes = { ...readAttributes(headers), checksum };
  const { uploadId } = await catalog.uploads.create(bucket, branch, path, attributes);
  answerXml(
    call,
    document('InitiateMultipartUploadResult', [
      element('Bucket', bucket),
      element('Key', key),
      element('UploadId', uploadId)
    ]),
    200,
    checksum
      ? { 'x-amz-checksum-algorithm': checksum.algorithm.toUpperCase(), 'x-amz-checksum-type': checksum.type }
      : {}
  );
}

/** UploadPart. */
export async function uploadPart(call: S3Call): Promise<void> {
  const { catalog, bucket, body } = call;
  const { upload, partNumber } = readPart(call);
  // Says now that there is no such upload, not after gigabytes.
  const { checksum } = await catalog.uploads.get(bucket, upload);
  checkAlgorithm(checksum, body.claimed());
  const received = await body.receive(
    content => catalog.contents.receive(bucket, content),
    checksum?.algorithm
  );
  const { etag } = await catalog.uploads.putPart(bucket, upload, partNumber, received);
  answerEmpty(call, 200, { etag: quoted(etag), ...checksumHeaders(body) });
}

/** The parts of an upload have the checksum that it was created with; where a client sends none it is computed. */
function checkAlgorithm(plan: ChecksumPlan | undefined, claimed: ClaimedChecksum | undefined): void {
  if (plan && claimed && claimed.algorithm !== plan.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${plan.algorithm}, actual checksum Type: ` +
        `${claimed.algorithm}`
    );
  }
}

/** UploadPartCopy: a part from (a range of) an object, of any repository. */
export async function uploadPartCopy(call: S3Call): Promise<void> {
  const { catalog, bucket, headers } = call;
  const { upload, partNumber } = readPart(call);
  const source = readSource(headers);
  const { contentId, size } = await openSource(call, source);
  const given = headers.get('x-amz-copy-source-range');
  const { start, end } = given === undefined ? { start: 0, end: size } : readCopyRange(given, size);
  const part = { repository: source.bucket, contentId, start, end };
  const { etag, mtime, digests } = await catalog.uploads.copyPart(bucket, upload, partNumber, part);
  answerXml(call, document('CopyPartResult', [...copyResult(etag, mtime), ...digestElements(digests)]));
}

/** Unlike the range of a GET, this one must lie in the source whole. @throws S3Error InvalidArgument */
function readCopyRange(given: string, size: number): ByteRange {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(given.trim()) ?? [];
  if (first === undefined || Number(last) < Number(first)) {
    throw invalidArgument('The x-amz-copy-source-range value must be of the form bytes=first-last.');
  }
  if (Number(last) >= size) {
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`);
  }
  return { start: Number(first), end: Number(last) + 1 };
}

/** CompleteMultipartUpload: no byte is copied or read again. */
export async function completeUpload(call: S3Call): Promise<void> {
  const { catalog, bucket, key, headers } = call;
  const claimed = readClaimedWhole(headers);
  const root = readXml(await call.body.read(BODY_BYTES_MAX, 'object'), 'CompleteMultipartUpload');
  const parts = root.children('Part').map(part => ({
    partNumber: readPartNumber(part.text('PartNumber')?.trim()),
    etag: entityTags(part.text('ETag'))?.[0] ?? '',
    digests: readDigests(part)
  }));
  const conditions = writeConditions(headers);
  const entry = await catalog.uploads.complete(bucket, readUpload(call), parts, { conditions, claimed });
  const [facts] = await catalog.contents.facts(bucket, [entry.contentId]);
  answerXml(
    call,
    document('CompleteMultipartUploadResult', [
      element('Location', `http://${headers.get('host') ?? ''}/${bucket}/${key}`),
      element('Bucket', bucket),
      element('Key', key),
      element('ETag', quoted(entry.checksum)),
      ...checksumElements(facts!)
    ])
  );
}

/** AbortMultipartUpload. */
export async function abortUpload(call: S3Call): Promise<void> {
  await call.catalog.uploads.abort(call.bucket, readUpload(call));
  answerEmpty(call, 204);
}

/** @throws S3Error InvalidArgument */
function readPart(call: S3Call): { upload: UploadAddress; partNumber: number } {
  return { upload: readUpload(call), partNumber: readPartNumber(call.query.get('partNumber')) };
}

/** The upload that id and key name together. @throws S3Error NoSuchUpload for what cannot be the id of one */
export function readUpload({ query, key }: S3Call): UploadAddress {
  const uploadId = query.get('uploadId') ?? '';
  if (/^[\w-]{1,128}$/.test(uploadId)) {
    const { ref: branch, path } = splitKey(key);
    return { branch, path, uploadId };
  }
  throw new S3Error(
    'NoSuchUpload',
    404,
    'The specified upload does not exist: it may have been aborted or completed.'
  );
}
