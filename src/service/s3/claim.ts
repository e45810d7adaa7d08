import { invalidRequest, S3Error } from './errors.js';
import type { SignedParts } from './canonical.js';
import type { Scope } from './signing-keys.js';

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Longest life of a presigned request, as S3 has it: seven days. */
const PRESIGNED_SECONDS_MAX = 604_800;

/** What a request says of its signature, not yet verified. */
export interface SignatureClaim {
  accessKeyId: string;
  scope: Scope;
  /** Lower-case names, in the order signed. */
  signedHeaders: string[];
  /** 64 lower-case hex digits. */
  signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  timestamp: string;
  /** `timestamp` in milliseconds since the epoch. */
  signedAt: number;
  /** How the body is signed: the last line of the canonical request. */
  payload: string;
  /** Only of presigned requests. */
  expiresSeconds?: number;
}

/** The one form in which clients write it; with or without spaces behind the commas. */
const AUTHORIZATION = /^Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/;

/** @throws S3Error when there is an Authorization header that is no sound Signature V4 */
export function readHeaderClaim(request: SignedParts): SignatureClaim | undefined {
  const authorization = request.headers.get('authorization');
  if (authorization === undefined) {
    return undefined;
  }
  const space = authorization.indexOf(' ');
  if (authorization.slice(0, space) !== ALGORITHM) {
    throw unsupportedAlgorithm();
  }
  const [, credential, signedHeaders, signature] =
    AUTHORIZATION.exec(authorization.slice(space + 1).trim()) ?? [];
  const payload = request.headers.get('x-amz-content-sha256');
  if (payload === undefined) {
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256.');
  }
  const date = request.headers.get('x-amz-date') ?? basicDate(request.headers.get('date'));
  return { ...readCommon({ credential, signedHeaders, signature, date }, malformedHeader), payload };
}

/** @throws S3Error when there are query parameters of a signature that is no sound Signature V4 */
export function readQueryClaim(request: SignedParts): SignatureClaim | undefined {
  if (request.query.length === 0) {
    return undefined;
  }
  const query = new Map(request.query);
  if (!query.has('X-Amz-Algorithm') && !query.has('X-Amz-Signature')) {
    return undefined;
  }
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) {
    throw unsupportedAlgorithm();
  }
  const common = readCommon(
    {
      credential: query.get('X-Amz-Credential'),
      signedHeaders: query.get('X-Amz-SignedHeaders'),
      signature: query.get('X-Amz-Signature'),
      date: query.get('X-Amz-Date')
    },
    malformedQuery
  );
  const expires = query.get('X-Amz-Expires') ?? '';
  const expiresSeconds = /^[0-9]{1,7}$/.test(expires) ? Number(expires) : 0;
  if (expiresSeconds < 1 || expiresSeconds > PRESIGNED_SECONDS_MAX) {
    throw malformedQuery(`X-Amz-Expires must be a number of seconds from 1 to ${PRESIGNED_SECONDS_MAX}.`);
  }
  const signedPayload = common.signedHeaders.includes('x-amz-content-sha256')
    ? request.headers.get('x-amz-content-sha256')
    : undefined;
  return {
    ...common,
    payload: query.get('X-Amz-Content-Sha256') ?? signedPayload ?? 'UNSIGNED-PAYLOAD',
    expiresSeconds
  };
}

function readCommon(
  given: { credential?: string; signedHeaders?: string; signature?: string; date?: string },
  malformed: (message: string) => S3Error
): Omit<SignatureClaim, 'payload' | 'expiresSeconds'> {
  const credential = (given.credential ?? '').split('/');
  // From the end, since an access key id may hold slashes.
  const [date, region, service, terminator] = credential.splice(-4);
  const accessKeyId = credential.join('/');
  if (!accessKeyId || !date || !region || terminator !== 'aws4_request') {
    throw malformed('The credential must have the form KEY/YYYYMMDD/REGION/s3/aws4_request.');
  }
  if (service !== 's3') {
    throw malformed(`The credential is for the service "${service}", it must be for "s3".`);
  }
  const signedHeaders = (given.signedHeaders ?? '').split(';');
  if (!signedHeaders.includes('host')) {
    throw malformed('SignedHeaders must be given and name "host".');
  }
  const signature = given.signature ?? '';
  if (!/^[0-9a-f]{64}$/.test(signature)) {
    throw malformed('The signature must be 64 lower-case hex digits.');
  }
  const timestamp = given.date ?? '';
  const signedAt = parseBasicDate(timestamp);
  if (signedAt === undefined) {
    throw new S3Error(
      'AccessDenied',
      403,
      'A signed request needs a valid Date or X-Amz-Date (YYYYMMDDTHHMMSSZ).'
    );
  }
  if (!timestamp.startsWith(date)) {
    throw malformed('The date of the credential is not the date of the request.');
  }
  return { accessKeyId, scope: { date, region }, signedHeaders, signature, timestamp, signedAt };
}

function parseBasicDate(text: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(text)) {
    return undefined;
  }
  const digits = (from: number, to: number): number => Number(text.slice(from, to));
  return Date.UTC(
    digits(0, 4),
    digits(4, 6) - 1,
    digits(6, 8),
    digits(9, 11),
    digits(11, 13),
    digits(13, 15)
  );
}

/** The `Date` header as `YYYYMMDDTHHMMSSZ`, which is what a client without `x-amz-date` has signed. */
function basicDate(httpDate: string | undefined): string | undefined {
  const time = Date.parse(httpDate ?? '');
  if (Number.isNaN(time)) {
    return undefined;
  }
  return `${new Date(time).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

function unsupportedAlgorithm(): S3Error {
  return invalidRequest(
    `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM} (Signature Version 4).`
  );
}

function malformedHeader(message: string): S3Error {
  return new S3Error(
    'AuthorizationHeaderMalformed',
    400,
    `The authorization header is malformed. ${message}`
  );
}

function malformedQuery(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', 400, message);
}
