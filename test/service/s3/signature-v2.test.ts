import { createHmac } from 'node:crypto';
import { S3Error } from '../../../src/service/s3/errors.js';
import type { Identity } from '../../../src/service/s3/signature.js';
import { authenticateV2, isPresignedV2 } from '../../../src/service/s3/signature-v2.js';
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

test('it is told from requests of another kind', () => {
  const isV2 = (url: string): boolean =>
    isPresignedV2({ method: 'GET', ...parseTarget(url), headers: new Map() });
  expect(isV2(EXAMPLE)).toBe(true);
  expect(isV2('/lake/main/a?X-Amz-Signature=AWSAccessKeyId')).toBe(false);
});
