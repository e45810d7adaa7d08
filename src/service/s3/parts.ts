import type { ObjectEntry } from '../catalog/model.js';
import { PARTS_MAX } from '../catalog/parts.js';
import type { S3Call } from './call.js';
import { invalidArgument, invalidRequest, S3Error } from './errors.js';
import type { ByteRange } from './range.js';
import { element, type Xml } from './xml.js';

/** Parts in one answer of GetObjectAttributes. */
const LISTED_MAX = 1_000;

/** A part of an object, and of how many. */
export interface PartRange extends ByteRange {
  /** Parts of the multipart upload; undefined for an object that was sent in one piece. */
  count: number | undefined;
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
  const sizes = await call.catalog.contents.partSizes(call.bucket, entry.contentId);
  const size = (sizes ?? [entry.size])[partNumber - 1];
  if (size === undefined) {
    throw new S3Error('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable.', {
      ActualPartCount: String(sizes?.length ?? 1),
      PartNumberRequested: asked
    });
  }
  const start = (sizes ?? []).slice(0, partNumber - 1).reduce((sum, bytes) => sum + bytes, 0);
  return { start, end: start + size, count: sizes?.length };
}

/** The parts of a multipart object, as GetObjectAttributes tells them; undefined for any other object. */
export async function objectParts(call: S3Call, entry: ObjectEntry): Promise<Xml | undefined> {
  const sizes = await call.catalog.contents.partSizes(call.bucket, entry.contentId);
  if (!sizes) {
    return undefined;
  }
  const after = Number(call.headers.get('x-amz-part-number-marker') ?? 0);
  const limit = Math.min(Number(call.headers.get('x-amz-max-parts') ?? LISTED_MAX), LISTED_MAX);
  if (!Number.isInteger(after) || after < 0 || !Number.isInteger(limit) || limit < 0) {
    throw invalidArgument('x-amz-part-number-marker and x-amz-max-parts must be whole numbers from 0.');
  }
  const last = Math.min(after + limit, sizes.length);
  return element('ObjectParts', [
    // The name that S3 gives the count: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
    element('PartsCount', String(sizes.length)),
    element('PartNumberMarker', String(after)),
    element('NextPartNumberMarker', String(last)),
    element('MaxParts', String(limit)),
    element('IsTruncated', String(last < sizes.length)),
    ...sizes
      .slice(after, last)
      .map((size, i) =>
        element('Part', [element('PartNumber', String(after + i + 1)), element('Size', String(size))])
      )
  ]);
}
