import type { SignatureClaim } from './claim.js';
import { decodeUri, encodeUri } from './uri.js';

/** The parts of a request that a signature is computed over. */
export interface SignedParts {
  method: string;
  /** As on the request line. */
  rawPath: string;
  query: [name: string, value: string][];
  /** By lower-case name; several of one name joined by a comma. Values as sent, bytes as Latin-1. */
  headers: Map<string, string>;
}

/**
 * The texts that the client may have signed, likeliest first. There are two where the path on the wire is not
 * encoded as Signature V4 asks (the C++ SDK sends `key=value` with a bare `=`, others sign just what they send);
 * both name the same object.
 */
export function* canonicalRequests(
  request: SignedParts,
  claim: Pick<SignatureClaim, 'signedHeaders' | 'payload'>
): Generator<string> {
  const rest = [
    canonicalQuery(request.query),
    ...claim.signedHeaders.map(name => `${name}:${collapse(request.headers.get(name) ?? '')}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payload
  ].join('\n');
  const path = encodeUri(decodeUri(request.rawPath), 'keep');
  yield `${request.method}\n${path}\n${rest}`;
  if (path !== request.rawPath) {
    yield `${request.method}\n${request.rawPath}\n${rest}`;
  }
}

function canonicalQuery(query: [string, string][]): string {
  if (query.length === 0) {
    return '';
  }
  return query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encodeUri(name), encodeUri(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => order(nameA, nameB) || order(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Encoded text is ASCII, so JavaScript's order is the order of bytes. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Spaces and tabs only: `\s` and `trim` would also take 0xA0, which is a byte of many UTF-8 letters. */
function collapse(value: string): string {
  return /^[ \t]|[ \t]$|[ \t]{2}|\t/.test(value)
    ? value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '')
    : value;
}

/** Parameters of the signature itself, and checksums: SDKs presign those of the empty body that they had at hand. */
const NOT_HOISTED =
  /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|checksum-.*|sdk-.*)$/;

/** Who presigns moves `x-amz-` headers into the query; here they become headers again. */
export function withHoistedHeaders(
  headers: Map<string, string>,
  query: [string, string][]
): Map<string, string> {
  const hoisted = query
    .map(([name, value]): [string, string] => [
      name.toLowerCase(),
      Buffer.from(value, 'utf8').toString('latin1')
    ])
    .filter(([name]) => name.startsWith('x-amz-') && !NOT_HOISTED.test(name));
  return hoisted.length === 0 ? headers : new Map([...headers, ...hoisted]);
}
