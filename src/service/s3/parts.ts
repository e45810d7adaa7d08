import type { ChecksumType } from '../catalog/checksums.js';
import type { ContentFacts } from '../catalog/contents.js';
import type { ObjectEntry } from '../catalog/model.js';
import { PARTS_MAX } from '../catalog/parts.js';
import type { ContentId } from '../ids.js';
import type { S3Call } from './call.js';
import { checksumHeaders, digestElements } from './checksums.js';
import { invalidArgument, invalidRequest, S3Error } from './errors.js';
import type { ByteRange } from './range.js';
import { element, type Xml } from './xml.js';

/** Parts in one answer of GetObjectAttributes. */
const LISTED_MAX = 1_000;

/** A part of an object, and of how many. */
export interface PartRange extends ByteRange {
  /** Parts of the multipart upload; undefined for an object that was sent in one piece. */
  count: number | undefined;
  /** Of the part. */
  contentId: ContentId;
  /** Of the object. */
  checksumType: ChecksumType | undefined;
}

/** @throws S3Error InvalidArgument for what is no number of a part */
export function readPartNumber(text: string | undefined): number {
  const partNumber = /^[0-9]{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (partNumber >= 1 && partNumber <= PARTS_MAX) {
    return partNumber;
  }
  throw invalidArgument(`Part number must be an integer between 1 and ${PARTS_MAX}, inclusive.`, {
    ArgumentName: 'partNumber',
    ArgumentValue: text ?? ''
  });
}

/**
 * The bytes that `?partNumber=` of a GET or HEAD asks for; undefined without it. An object that was sent in one piece
 * has one part, itself. SDKs that download in parallel ask for part 1 first, to learn the count.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws S3Error InvalidRequest, InvalidArgument; InvalidPartNumber (416) beyond the last part
 */
export async function partRange(call: S3Call, entry: ObjectEntry): Promise<PartRange | undefined> {
  const asked = call.query.get('partNumber');
  if (asked === undefined) {
    return undefined;
  }
  if (call.headers.has('range')) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter.');
  }
  const partNumber = readPartNumber(asked);
  const [facts] = await call.catalog.contents.facts(call.bucket, [entry.contentId]);
  const parts = facts!.parts ?? [{ number: 1, contentId: entry.contentId, size: entry.size }];
  const at = parts.findIndex(({ number }) => number === partNumber);
  if (at < 0) {
    throw new S3Error('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable.', {
      ActualPartCount: String(parts.length),
      PartNumberRequested: asked
    });
  }
  const { contentId, size } = parts[at]!;
  const start = parts.slice(0, at).reduce((sum, part) => sum + part.size, 0);
  const checksumType = facts!.checksums?.type;
  return { start, end: start + size, count: facts!.parts?.length, contentId, checksumType };
}

/** Headers with the checksums of a part, and the type of its object's. */
export async function partChecksums(
  call: S3Call,
  { contentId, checksumType }: PartRange
): Promise<Record<string, string>> {
  const [part] = await call.catalog.contents.facts(call.bucket, [contentId]);
  const headers = checksumHeaders({ checksums: part!.checksums });
  return checksumType && part!.checksums ? { ...headers, 'x-amz-checksum-type': checksumType } : headers;
}

/** The parts of a multipart object, as GetObjectAttributes tells them; undefined for any other object. */
export async function objectParts(call: S3Call, { parts }: ContentFacts): Promise<Xml | undefined> {
  if (!parts) {
    return undefined;
  }
  const after = Number(call.headers.get('x-amz-part-number-marker') ?? 0);
  const limit = Math.min(Number(call.headers.get('x-amz-max-parts') ?? LISTED_MAX), LISTED_MAX);
  if (!Number.isInteger(after) || after < 0 || !Number.isInteger(limit) || limit < 0) {
    throw invalidArgument('x-amz-part-number-marker and x-amz-max-parts must be whole numbers from 0.');
  }
  const rest = parts.filter(({ number }) => number > after);
  const page = rest.slice(0, limit);
  const facts = await call.catalog.contents.facts(
    call.bucket,
    page.map(({ contentId }) => contentId)
  );
  return element('ObjectParts', [
    // The name that S3 gives the count: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
    element('PartsCount', String(parts.length)),
    element('PartNumberMarker', String(after)),
    element('NextPartNumberMarker', String(page.at(-1)?.number ?? after)),
    element('MaxParts', String(limit)),
    element('IsTruncated', String(page.length < rest.length)),
    ...page.map(({ number, size }, i) =>
      element('Part', [
        element('PartNumber', String(number)),
        element('Size', String(size)),
        ...digestElements(facts[i]!.checksums?.digests)
      ])
    )
  ]);
}
