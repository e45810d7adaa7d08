import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../auth/keys.js';
import { withHoistedHeaders, type SignedParts } from './canonical.js';
import { expired, invalidArgument, invalidRequest, S3Error, unknownKey } from './errors.js';
import { checkSkew, UNSIGNED_PAYLOAD, type Identity } from './signature.js';

/** Query parameters that Signature V2 covers; all others are free. */
const COVERED = new Set([
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'defaultObjectAcl',
  'delete',
  'inventory',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'partNumber',
  'policy',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website'
]);

const HEADER = /^AWS ([^:\s]+):(\S+)$/;

/** What a request says of its signature, not yet verified. */
interface ClaimV2 {
  accessKeyId: string;
  /** Base64. */
  signature: string;
  /** The line that holds the time: when a presigned request ends, or the `Date` header. */
  time: string;
  payload: string;
  presigned: boolean;
}

/** Whether a request is signed by Signature V2, soundly or not. */
export function isSignedV2({ query, headers }: SignedParts): boolean {
  return isPresignedV2(query) || (headers.get('authorization') ?? '').startsWith('AWS ');
}

/**
 * Verifies Signature V2: presigned, which is what boto3 and the AWS CLI still presign with unless told otherwise, or
 * in the header, as other clients send it on request. It covers neither the host nor most of the query.
 * Source: Amazon S3 API Reference, "Signing and authenticating REST requests (AWS signature version 2)".
 * @throws S3Error, status 400 or 403, for everything but a valid signature at a fitting time
 */
export async function authenticateV2(request: SignedParts, keys: Keys, now: number): Promise<Identity> {
  const { accessKeyId, signature, time, payload, presigned } = isPresignedV2(request.query)
    ? readQueryClaim(request)
    : readHeaderClaim(request);
  const key = await keys.find(accessKeyId);
  if (key === undefined) {
    throw unknownKey(accessKeyId);
  }
  if (presigned) {
    checkEnd(time, now);
  } else {
    checkDate(request, now);
  }
  const stringToSign = canonicalText(request, time);
  const expected = createHmac('sha1', key.secretAccessKey).update(stringToSign, 'latin1').digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { AWSAccessKeyId: accessKeyId, StringToSign: stringToSign, SignatureProvided: signature }
    );
  }
  return { key, payload, presigned };
}

function isPresignedV2(query: [string, string][]): boolean {
  return query.some(([name]) => name === 'AWSAccessKeyId');
}

function readQueryClaim(request: SignedParts): ClaimV2 {
  const query = new Map(request.query);
  return {
    accessKeyId: query.get('AWSAccessKeyId') ?? '',
    signature: query.get('Signature') ?? '',
    time: query.get('Expires') ?? '',
    payload: UNSIGNED_PAYLOAD,
    presigned: true
  };
}

function readHeaderClaim({ headers, query }: SignedParts): ClaimV2 {
  const [, accessKeyId, signature] = HEADER.exec(headers.get('authorization') ?? '') ?? [];
  if (accessKeyId === undefined || signature === undefined) {
    throw invalidArgument('The authorization header must have the form "AWS KEY:SIGNATURE".');
  }
  if (query.some(([name]) => name === 'X-Amz-Signature')) {
    throw invalidArgument(
      'Only one of the Authorization header and the X-Amz-Signature parameter is allowed.'
    );
  }
  return {
    accessKeyId,
    signature,
    // Where there is an x-amz-date it counts, and is under the signature like every x-amz- header.
    time: headers.has('x-amz-date') ? '' : (headers.get('date') ?? ''),
    payload: headers.get('x-amz-content-sha256') ?? UNSIGNED_PAYLOAD,
    presigned: false
  };
}

function checkEnd(expires: string, now: number): void {
  if (!/^[0-9]{1,12}$/.test(expires)) {
    throw invalidRequest('A presigned request needs Expires, in seconds since 1970.');
  }
  if (now > Number(expires) * 1000) {
    throw expired(Number(expires) * 1000, now);
  }
}

function checkDate({ headers }: SignedParts, now: number): void {
  const timestamp = headers.get('x-amz-date') ?? headers.get('date') ?? '';
  const signedAt = Date.parse(timestamp);
  if (Number.isNaN(signedAt)) {
    throw new S3Error('AccessDenied', 403, 'A signed request needs a valid Date or X-Amz-Date.');
  }
  checkSkew({ timestamp, signedAt }, now);
}

function canonicalText(request: SignedParts, time: string): string {
  const query = new Map(request.query);
  const headers = isPresignedV2(request.query)
    ? withHoistedHeaders(request.headers, request.query)
    : request.headers;
  const amazon = [...headers]
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}`);
  return [
    request.method,
    headers.get('content-md5') ?? query.get('content-md5') ?? '',
    headers.get('content-type') ?? query.get('content-type') ?? '',
    time,
    ...amazon,
    request.rawPath + canonicalQuery(request.query)
  ].join('\n');
}

/** Covered parameters in order of their names, not encoded. */
function canonicalQuery(query: [string, string][]): string {
  const covered = query
    .filter(([name]) => COVERED.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      value === '' ? name : `${name}=${Buffer.from(value, 'utf8').toString('latin1')}`
    );
  return covered.length === 0 ? '' : `?${covered.join('&')}`;
}
