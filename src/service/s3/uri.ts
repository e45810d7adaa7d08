import { S3Error } from './errors.js';

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/;
/** ASCII without a percent sign: most of what comes. */
const NOTHING_TO_DECODE = /^[!-$&-~]*$/;
const UNRESERVED_OR_SLASH = /^[A-Za-z0-9\-._~/]*$/;

/**
 * Percent-encodes as Signature V4 asks: every UTF-8 byte but `A-Z a-z 0-9 - . _ ~` becomes `%XX` in upper
 * case, a space `%20` and never `+`. `slash: 'keep'` leaves `/` as it is, as in paths and listed keys.
 */
export function encodeUri(text: string, slash: 'keep' | 'encode' = 'encode'): string {
  if ((slash === 'keep' ? UNRESERVED_OR_SLASH : UNRESERVED).test(text)) {
    return text;
  }
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return slash === 'keep' ? encoded.replaceAll('%2F', '/') : encoded;
}

/**
 * The text that a percent-encoded part of a request line stands for. Bytes that a client left unencoded
 * (Node hands them over as Latin-1) are taken as UTF-8.
 * @throws S3Error InvalidURI when it is not valid UTF-8 or a `%` is not followed by two hex digits
 */
export function decodeUri(raw: string): string {
  if (NOTHING_TO_DECODE.test(raw)) {
    return raw;
  }
  try {
    return decodeURIComponent(utf8FromLatin1(raw));
  } catch {
    throw new S3Error('InvalidURI', 400, 'The request path or query is not valid percent-encoded UTF-8.');
  }
}

/** Header and request-line bytes reach us as Latin-1 text; this reads them as the UTF-8 they are. @throws if they are not */
export function utf8FromLatin1(text: string): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
}

/** A request's target, cut at the question mark but not decoded: signatures are computed over it. */
export interface Target {
  rawPath: string;
  /** Decoded names and values in the order sent; a name without `=` has the value ''. */
  query: [name: string, value: string][];
}

/** @throws S3Error InvalidURI */
export function parseTarget(url: string): Target {
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  if (!rawPath.startsWith('/')) {
    throw new S3Error('InvalidURI', 400, 'The request path must begin with "/".');
  }
  return { rawPath, query: mark < 0 ? [] : parseQuery(url.slice(mark + 1)) };
}

function parseQuery(raw: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of raw.split('&')) {
    if (part === '') {
      continue;
    }
    const equals = part.indexOf('=');
    pairs.push(
      equals < 0
        ? [decodeQueryPart(part), '']
        : [decodeQueryPart(part.slice(0, equals)), decodeQueryPart(part.slice(equals + 1))]
    );
  }
  return pairs;
}

/** In a query, unlike in a path, a plain `+` is a space. */
function decodeQueryPart(raw: string): string {
  return decodeUri(raw.includes('+') ? raw.replaceAll('+', ' ') : raw);
}

/**
 * Bucket and key of a path-style request; both '' for the service itself, key '' for the bucket itself.
 * @throws S3Error InvalidBucketName for a path that begins with two slashes: it must not pass for the list of buckets
 */
export function parseAddress(rawPath: string): { bucket: string; key: string } {
  const slash = rawPath.indexOf('/', 1);
  if (slash < 0) {
    return { bucket: decodeUri(rawPath.slice(1)), key: '' };
  }
  if (slash === 1) {
    throw new S3Error('InvalidBucketName', 400, 'The bucket has no name: the request path begins with "//".');
  }
  return { bucket: decodeUri(rawPath.slice(1, slash)), key: decodeUri(rawPath.slice(slash + 1)) };
}
