import type { Entry } from '../catalog/model.js';
import { decodeEncodedWords, encodeWord } from './encoded-word.js';
import { S3Error } from './errors.js';
import { utf8FromLatin1 } from './uri.js';

const USER_PREFIX = 'x-amz-meta-';
/** Names and values of user metadata together, as S3 has it. */
const USER_METADATA_BYTES_MAX = 2_048;

/**
 * HTTP headers that S3 keeps with an object. They lie in its metadata under names that no `x-amz-meta-` header
 * can have, because a header's name holds no colon; so they survive copies, commits and merges like the rest.
 */
const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires'
];
const KEPT_PREFIX = 'http:';

const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a header's value may hold as it is: printable ASCII, no space at either end. */
const PLAIN_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** What a client says of an object besides its bytes. */
export interface Attributes {
  contentType: string;
  metadata: Record<string, string>;
}

/**
 * Content type, user metadata (names in lower case, as S3 keeps them) and kept headers of a request.
 * @throws S3Error MetadataTooLarge
 */
export function readAttributes(headers: Map<string, string>): Attributes {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith(USER_PREFIX)) {
      continue;
    }
    bytes += name.length - USER_PREFIX.length + value.length;
    metadata[name.slice(USER_PREFIX.length)] = decodeEncodedWords(textOf(value));
  }
  if (bytes > USER_METADATA_BYTES_MAX) {
    throw new S3Error(
      'MetadataTooLarge',
      400,
      'Your metadata headers exceed the maximum allowed metadata size.',
      {
        Size: String(bytes),
        MaxSizeAllowed: String(USER_METADATA_BYTES_MAX)
      }
    );
  }
  for (const name of KEPT_HEADERS) {
    const value = textOf(name === 'content-encoding' ? contentEncoding(headers) : (headers.get(name) ?? ''));
    if (value !== '') {
      metadata[KEPT_PREFIX + name] = value;
    }
  }
  return { contentType: textOf(headers.get('content-type') ?? ''), metadata };
}

/** The headers that {@link readAttributes} came from, for GET and HEAD. */
export function attributeHeaders(entry: Entry): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': headerValue(entry.contentType) || DEFAULT_CONTENT_TYPE
  };
  let missing = 0;
  for (const [name, value] of Object.entries(entry.metadata)) {
    const kept = name.startsWith(KEPT_PREFIX) ? name.slice(KEPT_PREFIX.length) : '';
    if (KEPT_HEADERS.includes(kept)) {
      headers[kept] = headerValue(value);
    } else if (HEADER_NAME.test(name)) {
      headers[USER_PREFIX + name.toLowerCase()] = headerValue(value);
    } else {
      missing++;
    }
  }
  // S3's own way to say that an object has metadata which headers cannot carry (set over REST).
  if (missing > 0) {
    headers['x-amz-missing-meta'] = String(missing);
  }
  return headers;
}

/** `aws-chunked` is about the transfer, not about the object; the rest stays as it was written. */
function contentEncoding(headers: Map<string, string>): string {
  return (headers.get('content-encoding') ?? '')
    .split(',')
    .filter(encoding => !['', 'aws-chunked'].includes(encoding.trim().toLowerCase()))
    .join(',')
    .trim();
}

/** Anything that is not plain ASCII is made "mail-safe" (RFC 2047), as S3 does. */
function headerValue(value: string): string {
  return PLAIN_VALUE.test(value) ? value : encodeWord(value);
}

/** Header bytes are UTF-8 where they are valid UTF-8, else Latin-1. */
function textOf(value: string): string {
  try {
    return utf8FromLatin1(value);
  } catch {
    return value;
  }
}
