import { createHmac } from 'node:crypto';
import { S3Error } from '../../../src/service/s3/errors.js';
import type { Identity } from '../../../src/service/s3/signature.js';
import { authenticateV2, isSignedV2 } from '../../../src/service/s3/signature-v2.js';
import { parseTarget } from '../../../src/service/s3/uri.js';
import { KEY, keys } from './service.js';

const NOW = 1_175_139_000_000;

const verify = (
  method: string,
  url: string,
  headers: Record<string, string> = {},
  now = NOW
): Promise<Identity> =>
  authenticateV2({ method, ...parseTarget(url), headers: new Map(Object.entries(headers)) }, keys, now);

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof S3Error ? error.code : String(error))
  );

/** The example of the S3 documentation. */
const EXAMPLE =
  '/johnsmith/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620';

const sign = (lines: string[]): string =>
  encodeURIComponent(createHmac('sha1', KEY.secretAccessKey).update(lines.join('\n')).digest('base64'));

test('the presigned address that the S3 documentation gives as an example is accepted', async () => {
  expect(await verify('GET', EXAMPLE)).toEqual({ key: KEY, payload: 'UNSIGNED-PAYLOAD', presigned: true });
});

test('it is refused when it is over, for another method, path or key', async () => {
  expect(await codeOf(verify('GET', EXAMPLE, {}, 1_175_139_621_000))).toBe('AccessDenied');
  expect(await codeOf(verify('PUT', EXAMPLE))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', EXAMPLE.replace('puppy', 'kitten')))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', EXAMPLE.replace('9620', '9621')))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', EXAMPLE.replace('AKIA', 'BKIA')))).toBe('InvalidAccessKeyId');
  expect(await codeOf(verify('GET', EXAMPLE.replace(/Signature=[^&]*/, 'Signature=')))).toBe(
    'SignatureDoesNotMatch'
  );
  expect(await codeOf(verify('GET', EXAMPLE.replace('1175139620', 'soon')))).toBe('InvalidRequest');
});

test('headers and parameters that matter are covered: none can be added', async () => {
  expect(await codeOf(verify('GET', `${EXAMPLE}&response-content-type=text%2Fhtml`))).toBe(
    'SignatureDoesNotMatch'
  );
  expect(await codeOf(verify('GET', `${EXAMPLE}&acl`))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', `${EXAMPLE}&x-amz-copy-source=%2Fa%2Fb`))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', EXAMPLE, { 'x-amz-copy-source': '/a/b' }))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('GET', EXAMPLE, { 'user-agent': 'curl' }))).toBe('accepted');
});

test('metadata, content type and parameters are covered in the form that boto3 gives them', async () => {
  const signature = sign([
    'PUT',
    '',
    'text/csv',
    '1175139620',
    'x-amz-meta-a:b',
    '/lake/main/a%20b?partNumber=1&response-content-type=text/x&uploadId=u'
  ]);
  const url =
    '/lake/main/a%20b?uploadId=u&partNumber=1&response-content-type=text%2Fx&list-type=2' +
    `&AWSAccessKeyId=${KEY.accessKeyId}&Signature=${signature}&x-amz-meta-a=b&Expires=1175139620`;
  expect(await codeOf(verify('PUT', url, { 'content-type': 'text/csv' }))).toBe('accepted');
  expect(await codeOf(verify('PUT', url, { 'content-type': 'text/html' }))).toBe('SignatureDoesNotMatch');
  expect(await codeOf(verify('PUT', `${url}&content-type=text%2Fcsv`))).toBe('accepted');
});

/** The first example of the S3 documentation for the header, with the key that all of its examples have. */
const DATE = 'Tue, 27 Mar 2007 19:36:42 +0000';
const THEN = Date.parse(DATE);
const HEADERS = { date: DATE, authorization: 'AWS AKIAIOSFODNN7EXAMPLE:bWq2s1WEIj+Ydj0vQ697zp+IXMU=' };
const PUPPY = '/johnsmith/photos/puppy.jpg';

test('the signed header that the S3 documentation gives as an example is accepted', async () => {
  expect(await verify('GET', PUPPY, HEADERS, THEN)).toEqual({
    key: KEY,
    payload: 'UNSIGNED-PAYLOAD',
    presigned: false
  });
});

test('a signed header is refused at another time, for another method, path, key or header', async () => {
  const refused = async (changed: Record<string, string>, method = 'GET', url = PUPPY): Promise<string> =>
    codeOf(verify(method, url, { ...HEADERS, ...changed }, THEN));
  expect(await codeOf(verify('GET', PUPPY, HEADERS, THEN + 16 * 60_000))).toBe('RequestTimeTooSkewed');
  expect(await codeOf(verify('GET', PUPPY, HEADERS, THEN - 16 * 60_000))).toBe('RequestTimeTooSkewed');
  expect(await refused({}, 'PUT')).toBe('SignatureDoesNotMatch');
  expect(await refused({}, 'GET', '/johnsmith/photos/kitten.jpg')).toBe('SignatureDoesNotMatch');
  expect(await refused({}, 'GET', `${PUPPY}?acl`)).toBe('SignatureDoesNotMatch');
  expect(await refused({ date: 'Tue, 27 Mar 2007 19:36:43 +0000' })).toBe('SignatureDoesNotMatch');
  expect(await refused({ 'x-amz-date': DATE })).toBe('SignatureDoesNotMatch');
  expect(await refused({ 'x-amz-copy-source': '/a/b' })).toBe('SignatureDoesNotMatch');
  expect(await refused({ date: 'soon' })).toBe('AccessDenied');
  expect(await refused({ authorization: HEADERS.authorization.replace('AKIA', 'BKIA') })).toBe(
    'InvalidAccessKeyId'
  );
  expect(await refused({ authorization: 'AWS AKIAIOSFODNN7EXAMPLE' })).toBe('InvalidArgument');
  expect(await refused({}, 'GET', `${PUPPY}?X-Amz-Signature=ab`)).toBe('InvalidArgument');
});

test('in a signed header x-amz-date takes the place of the date, and the form of the body is covered', async () => {
  const payload = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  const lines = ['PUT', '', 'text/csv', '', `x-amz-content-sha256:${payload}`, `x-amz-date:${DATE}`, PUPPY];
  const headers = {
    authorization: `AWS ${KEY.accessKeyId}:${decodeURIComponent(sign(lines))}`,
    'content-type': 'text/csv',
    'x-amz-content-sha256': payload,
    'x-amz-date': DATE
  };
  expect(await verify('PUT', PUPPY, headers, THEN)).toMatchObject({ payload, presigned: false });
  const other = { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  expect(await codeOf(verify('PUT', PUPPY, other, THEN))).toBe('SignatureDoesNotMatch');
});

test('it is told from requests of another kind', () => {
  const isV2 = (url: string, authorization = ''): boolean =>
    isSignedV2({ method: 'GET', ...parseTarget(url), headers: new Map([['authorization', authorization]]) });
  expect(isV2(EXAMPLE)).toBe(true);
  expect(isV2(PUPPY, HEADERS.authorization)).toBe(true);
  expect(isV2(PUPPY, 'AWS4-HMAC-SHA256 Credential=a')).toBe(false);
  expect(isV2('/lake/main/a?X-Amz-Signature=AWSAccessKeyId')).toBe(false);
});
