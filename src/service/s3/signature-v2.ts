import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../auth/keys.js';
import { withHoistedHeaders, type SignedParts } from './canonical.js';
import { expired, invalidRequest, S3Error, unknownKey } from './errors.js';
import { UNSIGNED_PAYLOAD, type Identity } from './signature.js';

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

/** Whether a request is presigned by Signature V2, soundly or not. */
export function isPresignedV2({ query }: SignedParts): boolean {
  return query.some(([name]) => name === 'AWSAccessKeyId');
}

/**
 * Verifies a presigned request of Signature V2, which is what boto3 and the AWS CLI still presign with unless
 * told otherwise. V2 in a header is not taken: nothing sends it any more.
 * Source: Amazon S3 API Reference, "Signing and authenticating REST requests (AWS signature version 2)".
 * @throws S3Error, status 400 or 403, for everything but a valid signature that has not expired
 */
export async function authenticateV2(request: SignedParts, keys: Keys, now: number): Promise<Identity> {
  const query = new Map(request.query);
  const accessKeyId = query.get('AWSAccessKeyId') ?? '';
  const key = await keys.find(accessKeyId);
  if (key === undefined) {
    throw unknownKey(accessKeyId);
  }
  const expires = query.get('Expires') ?? '';
  if (!/^[0-9]{1,12}$/.test(expires)) {
    throw invalidRequest('A presigned request needs Expires, in seconds since 1970.');
  }
  if (now > Number(expires) * 1000) {
    throw expired(Number(expires) * 1000, now);
  }
  const stringToSign = canonicalText(request, query, expires);
  const expected = createHmac('sha1', key.secretAccessKey).update(stringToSign, 'latin1').digest();
  const given = Buffer.from(query.get('Signature') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      {
        AWSAccessKeyId: accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: query.get('Signature') ?? ''
      }
    );
  }
  return { key, payload: UNSIGNED_PAYLOAD, presigned: true };
}

function canonicalText(request: SignedParts, query: Map<string, string>, expires: string): string {
  const headers = withHoistedHeaders(request.headers, request.query);
  const amazon = [...headers]
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}`);
  return [
    request.method,
    headers.get('content-md5') ?? query.get('content-md5') ?? '',
    headers.get('content-type') ?? query.get('content-type') ?? '',
    expires,
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
