import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKey, Keys } from '../auth/keys.js';
import { canonicalRequests, type SignedParts } from './canonical.js';
import { readHeaderClaim, readQueryClaim, type SignatureClaim } from './claim.js';
import { expired, invalidArgument, S3Error, unknownKey } from './errors.js';
import { scopeText, type SigningKeys } from './signing-keys.js';

/** How far the clocks of client and service may differ, as S3 has it. */
const CLOCK_SKEW_MS_MAX = 15 * 60 * 1000;

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** What a verified signature says: who asks, and how the body is signed. */
export interface Identity {
  key: AccessKey;
  /** The value of `x-amz-content-sha256` that was signed: a hex digest or the name of a body form. */
  payload: string;
  /** Whether the signature is in the query. */
  presigned: boolean;
  /** What chunk signatures continue from; only Signature V4 has them. */
  chain?: SignatureChain;
}

/** Where a chain of chunk signatures starts. */
export interface SignatureChain {
  signingKey: Buffer;
  /** `YYYYMMDDTHHMMSSZ`, as signed. */
  timestamp: string;
  scope: string;
  /** The request's own signature, lower-case hex. */
  seed: string;
}

/** Whether a request is signed in any of S3's ways, sound or not; everything else belongs to the REST API. */
export function isSigned(authorization: string | undefined, url: string): boolean {
  if (isAws(authorization)) {
    return true;
  }
  const mark = url.indexOf('?');
  if (mark < 0) {
    return false;
  }
  return /[?&](X-Amz-(Algorithm|Credential|Signature)|AWSAccessKeyId)=/.test(url.slice(mark));
}

/**
 * Verifies Signature V4, by header or presigned.
 * Source: AWS General Reference, "Signature Version 4 signing process"; S3 API Reference, "Authenticating requests".
 * @throws S3Error, status 400 or 403, for everything but a valid signature of a known key at a fitting time
 */
export async function authenticate(
  request: SignedParts,
  keys: Keys,
  signingKeys: SigningKeys,
  now: number
): Promise<Identity> {
  const claim = readClaim(request);
  const key = await keys.find(claim.accessKeyId);
  if (key === undefined) {
    throw unknownKey(claim.accessKeyId);
  }
  checkTime(claim, now);
  checkCoverage(request, claim);
  const signingKey = signingKeys.of(key, claim.scope);
  const scope = scopeText(claim.scope);
  verify(request, claim, signingKey, scope);
  return {
    key,
    payload: claim.payload,
    presigned: claim.expiresSeconds !== undefined,
    chain: { signingKey, timestamp: claim.timestamp, scope, seed: claim.signature }
  };
}

function isAws(authorization: string | undefined): boolean {
  return authorization !== undefined && /^AWS(4-[A-Z0-9-]+)? /.test(authorization);
}

/**
 * Clients that follow the REST API's redirect to a presigned address send it the authorization that they have for
 * the REST API, as it is the same host: beside a signature in the query, that is not heeded.
 */
function readClaim(request: SignedParts): SignatureClaim {
  const inQuery = readQueryClaim(request);
  const inHeader =
    inQuery && !isAws(request.headers.get('authorization')) ? undefined : readHeaderClaim(request);
  if (inHeader !== undefined && inQuery !== undefined) {
    throw invalidArgument(
      'Only one of the Authorization header and the X-Amz-Signature parameter is allowed.'
    );
  }
  const claim = inHeader ?? inQuery;
  if (claim === undefined) {
    throw new S3Error('AccessDenied', 403, 'S3 requests must be signed; this one is not.');
  }
  return claim;
}

/** @throws S3Error when a request was signed by a clock that is too far from this one */
export function checkSkew(claim: Pick<SignatureClaim, 'timestamp' | 'signedAt'>, now: number): void {
  if (Math.abs(now - claim.signedAt) > CLOCK_SKEW_MS_MAX) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
      {
        RequestTime: claim.timestamp,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: String(CLOCK_SKEW_MS_MAX)
      }
    );
  }
}

function checkTime(claim: SignatureClaim, now: number): void {
  const { signedAt, expiresSeconds } = claim;
  if (expiresSeconds === undefined) {
    return checkSkew(claim, now);
  }
  if (signedAt - now > CLOCK_SKEW_MS_MAX) {
    throw new S3Error('AccessDenied', 403, 'The presigned request is not valid yet.', {
      ServerTime: new Date(now).toISOString()
    });
  }
  const expiresAt = signedAt + expiresSeconds * 1000;
  if (now > expiresAt) {
    throw expired(expiresAt, now);
  }
}

/**
 * What decides about the request must be under the signature: every `x-amz-` header, else who sees a presigned
 * address could turn it into, say, a copy. (The host is asked for where the claim is read.)
 */
function checkCoverage(request: SignedParts, claim: SignatureClaim): void {
  const unsigned: string[] = [];
  for (const name of request.headers.keys()) {
    if (name.startsWith('x-amz-') && !claim.signedHeaders.includes(name)) {
      unsigned.push(name);
    }
  }
  // Clients that presign add it afterwards; what it says is then not heeded.
  const free = claim.expiresSeconds === undefined ? undefined : 'x-amz-content-sha256';
  if (unsigned.some(name => name !== free)) {
    throw new S3Error(
      'AccessDenied',
      403,
      'There were headers present in the request which were not signed.',
      {
        HeadersNotSigned: unsigned.filter(name => name !== free).join(', ')
      }
    );
  }
}

function verify(request: SignedParts, claim: SignatureClaim, signingKey: Buffer, scope: string): void {
  const given = Buffer.from(claim.signature, 'hex');
  let first: { canonical: string; stringToSign: string } | undefined;
  for (const canonical of canonicalRequests(request, claim)) {
    // Latin-1, because that is how Node hands over the bytes of header values.
    const digest = createHash('sha256').update(canonical, 'latin1').digest('hex');
    const stringToSign = `AWS4-HMAC-SHA256\n${claim.timestamp}\n${scope}\n${digest}`;
    if (timingSafeEqual(createHmac('sha256', signingKey).update(stringToSign).digest(), given)) {
      return;
    }
    first ??= { canonical, stringToSign };
  }
  throw new S3Error(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: claim.accessKeyId,
      StringToSign: first?.stringToSign ?? '',
      SignatureProvided: claim.signature,
      CanonicalRequest: first?.canonical ?? ''
    }
  );
}
