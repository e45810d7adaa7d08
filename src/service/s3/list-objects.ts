import type { S3Call } from './call.js';
import { invalidArgument } from './errors.js';
import { listKeys, type Listed, type ListRequest } from './listing.js';
import { answerXml } from './answer.js';
import { encodeUri } from './uri.js';
import { document, element, plainElement, quotedElement, type Xml } from './xml.js';

/** S3 serves more as this many. */
const KEYS_MAX = 1_000;

/** ListObjectsV2. */
export async function listObjectsV2(call: S3Call): Promise<void> {
  const { query } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const request = readRequest(call, token === undefined ? startAfter : decodeToken(token));
  const encode = readEncoding(query);
  const page = await listKeys(call, request);
  const owner = query.get('fetch-owner') === 'true';
  answerXml(
    call,
    document('ListBucketResult', [
      ...heading(call, request, encode),
      element('KeyCount', String(page.items.length)),
      ...(token === undefined ? [] : [element('ContinuationToken', token)]),
      ...(startAfter === '' ? [] : [element('StartAfter', encode(startAfter))]),
      element('IsTruncated', String(page.truncated)),
      ...(page.truncated ? [element('NextContinuationToken', encodeToken(page.next))] : []),
      ...page.items.map(item => listed(item, encode, owner))
    ])
  );
}

/** ListObjects, the first version. */
export async function listObjectsV1(call: S3Call): Promise<void> {
  const { query } = call;
  const marker = query.get('marker') ?? '';
  const request = readRequest(call, marker);
  const encode = readEncoding(query);
  const page = await listKeys(call, request);
  answerXml(
    call,
    document('ListBucketResult', [
      ...heading(call, request, encode),
      element('Marker', encode(marker)),
      element('IsTruncated', String(page.truncated)),
      // S3 gives it with a delimiter only; without one clients go on from the last key, of which a short page has none.
      ...(page.truncated ? [element('NextMarker', encode(page.next))] : []),
      ...page.items.map(item => listed(item, encode, true))
    ])
  );
}

type Encode = (text: string) => string;

function readRequest({ query }: S3Call, after: string): ListRequest {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after,
    amount: readAmount(query, 'max-keys')
  };
}

/** A number of results, of which at most {@link KEYS_MAX} are served. @throws S3Error InvalidArgument */
export function readAmount(query: Map<string, string>, name: string): number {
  const text = query.get(name);
  if (text === undefined || text === '') {
    return KEYS_MAX;
  }
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647.`, {
      ArgumentName: name,
      ArgumentValue: text
    });
  }
  return Math.min(Number(text), KEYS_MAX);
}

/** `encoding-type=url` has keys percent-encoded, since XML cannot hold every character. */
export function readEncoding(query: Map<string, string>): Encode {
  const type = query.get('encoding-type');
  if (type === undefined || type === '') {
    return text => text;
  }
  if (type === 'url') {
    return text => encodeUri(text, 'keep');
  }
  throw invalidArgument('Invalid encoding method specified in request: only "url" is known.', {
    ArgumentName: 'encoding-type',
    ArgumentValue: type
  });
}

function heading({ bucket, query }: S3Call, request: ListRequest, encode: Encode): Xml[] {
  const head = [
    element('Name', bucket),
    element('Prefix', encode(request.prefix)),
    element('MaxKeys', String(request.amount))
  ];
  if (request.delimiter !== '') {
    head.push(element('Delimiter', encode(request.delimiter)));
  }
  if (query.get('encoding-type')) {
    head.push(element('EncodingType', 'url'));
  }
  return head;
}

function listed(item: Listed, encode: Encode, owner: boolean): Xml {
  if (item.kind === 'prefix') {
    return element('CommonPrefixes', [element('Prefix', encode(item.key))]);
  }
  const { entry } = item;
  return element('Contents', [
    element('Key', encode(item.key)),
    plainElement('LastModified', new Date(entry.mtime).toISOString()),
    quotedElement('ETag', entry.checksum),
    plainElement('Size', entry.size),
    owner ? OWNER : NO_OWNER,
    STORAGE_CLASS
  ]);
}

/** S3 has an owner for everything; here the installation owns it. */
export const OWNER = element('Owner', [element('ID', 'databranch'), element('DisplayName', 'databranch')]);
const NO_OWNER = '' as Xml;
const STORAGE_CLASS = element('StorageClass', 'STANDARD');

/** Tokens are the place to go on from. They are opaque to clients, so they may change. */
function encodeToken(next: string): string {
  return Buffer.from(next, 'utf8').toString('base64url');
}

function decodeToken(token: string): string {
  const next = Buffer.from(token, 'base64url').toString('utf8');
  if (next === '' || encodeToken(next) !== token) {
    throw invalidArgument('The continuation token provided is incorrect.', {
      ArgumentName: 'continuation-token'
    });
  }
  return next;
}
