import fc from 'fast-check';
import { withHoistedHeaders, type SignedParts } from '../../../src/service/s3/canonical.js';

import { S3Error } from '../../../src/service/s3/errors.js';
import { authenticate, isSigned, type Identity } from '../../../src/service/s3/signature.js';
import { SigningKeys } from '../../../src/service/s3/signing-keys.js';
import { parseAddress, parseTarget } from '../../../src/service/s3/uri.js';
import { KEY, keys } from './service.js';
import { signerOf } from './signer.js';

const NOW = Date.UTC(2024, 4, 24, 12, 30, 15);
const signingKeys = new SigningKeys();

type Query = Record<string, string>;
type HeaderBag = Record<string, string>;

interface Sent {
  method: string;
  url: string;
  headers: HeaderBag;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Puts a request on the wire as the SDK's HTTP handler does. */
function send({
  method,
  path,
  query = {},
  headers
}: {
  method: string;
  path: string;
  query?: Query;
  headers: HeaderBag;
}): Sent {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return { method, url: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`, headers };
}

async function sign(request: Parameters<typeof send>[0], date = new Date(NOW)): Promise<Sent> {
  const signed = await signerOf().sign(
    { protocol: 'http:', hostname: '127.0.0.1', ...request, query: request.query ?? {} },
    { signingDate: date }
  );
  return send(signed as Parameters<typeof send>[0]);
}

async function presign(request: Parameters<typeof send>[0], options: { expiresIn: number }): Promise<Sent> {
  const signed = await signerOf().presign(
    {
      protocol: 'http:',
      hostname: '127.0.0.1',
      ...request,
      headers: { ...request.headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
      query: request.query ?? {}
    },
    { expiresIn: options.expiresIn, signingDate: new Date(NOW) }
  );
  return send(signed as Parameters<typeof send>[0]);
}

function parts({ method, url, headers }: Sent): SignedParts {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    Buffer.from(value, 'utf8').toString('latin1')
  ]);
  return { method, ...parseTarget(url), headers: new Map(entries) };
}

const verify = (sent: Sent, now = NOW): Promise<Identity> =>
  authenticate(parts(sent), keys, signingKeys, now);

async function refusal(promise: Promise<unknown>): Promise<S3Error> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught
  );
  if (!(error instanceof S3Error)) {
    throw new Error(`expected a refusal, got ${String(error)}`);
  }
  return error;
}

const base = (): HeaderBag => ({ host: '127.0.0.1:8000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });

/** Keys as people and programs make them, and as nobody should. */
const segment = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'a b',
    'ä+ö',
    '~',
    '*',
    "it's(1)!",
    'x=1',
    '%41',
    '',
    '.',
    '..',
    '\u{1F600}',
    'é\u0301',
    'a&b?c#d'
  )
);
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map(segments => `/lake/${segments.join('/')}`);
const method = fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE');
const query = fc.dictionary(
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter(name => !/^(X-Amz|AWSAccess|__proto__)/.test(name)),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  { maxKeys: 4 }
);
const encodePath = (text: string): string => text.split('/').map(encode).join('/');

describe('a signature in the header', () => {
  test('of any path, query and metadata that the SDK signs is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(
        method,
        path,
        query,
        fc.stringMatching(/^[ -~]{0,20}$/),
        async (verb, key, params, meta) => {
          const headers = { ...base(), 'x-amz-meta-note': meta };
          const sent = await sign({ method: verb, path: encodePath(key), query: params, headers });
          await expect(verify(sent)).resolves.toMatchObject({ key: KEY, payload: 'UNSIGNED-PAYLOAD' });
          const { bucket, key: decoded } = parseAddress(parseTarget(sent.url).rawPath);
          expect(`/${bucket}/${decoded}`).toBe(key);
        }
      ),
      { numRuns: 300 }
    );
  });

  test('is refused when anything that it covers is another', async () => {
    const sent = await sign({
      method: 'PUT',
      path: '/lake/main/a%20b',
      query: { partNumber: '1' },
      headers: { ...base(), 'x-amz-meta-a': 'b' }
    });
    const changes: Sent[] = [
      { ...sent, method: 'GET' },
      { ...sent, url: sent.url.replace('a%20b', 'a%20c') },
      { ...sent, url: sent.url.replace('partNumber=1', 'partNumber=2') },
      { ...sent, url: `${sent.url}&acl` },
      { ...sent, headers: { ...sent.headers, 'x-amz-meta-a': 'c' } },
      { ...sent, headers: { ...sent.headers, host: 'example.com' } },
      { ...sent, headers: { ...sent.headers, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' } }
    ];
    for (const changed of changes) {
      const error = await refusal(verify(changed));
      expect([error.code, error.status]).toEqual(['SignatureDoesNotMatch', 403]);
      expect(error.details.StringToSign).toMatch(/^AWS4-HMAC-SHA256\n20240524T123015Z\n/);
    }
    await verify(sent);
  });

  test('covers every x-amz- header: one that was added later is refused', async () => {
    const sent = await sign({ method: 'PUT', path: '/lake/main/a', headers: base() });
    sent.headers['x-amz-copy-source'] = '/lake/main/secret';
    const error = await refusal(verify(sent));
    expect(error.code).toBe('AccessDenied');
    expect(error.details.HeadersNotSigned).toBe('x-amz-copy-source');
  });

  test('over header values with runs of spaces, tabs and UTF-8 bytes is accepted', async () => {
    const sent = await sign({
      method: 'PUT',
      path: '/lake/main/a',
      headers: { ...base(), 'x-amz-meta-a': 'two  spaces\tand a tab', 'x-amz-meta-b': 'à la carte' }
    });
    await verify(sent);
  });

  test('over a path that the client left partly unencoded is accepted, either way it signed', async () => {
    const wire = '/lake/main/year=2024/a@b,c.parquet';
    const asIs = await sign({ method: 'GET', path: wire, headers: base() });
    await verify(asIs);
    const canonical = await sign({
      method: 'GET',
      path: '/lake/main/year%3D2024/a%40b%2Cc.parquet',
      headers: base()
    });
    await verify({ ...canonical, url: wire });
  });

  test('is refused a quarter of an hour off the clock, with both times', async () => {
    const sent = await sign({ method: 'GET', path: '/lake/main/a', headers: base() });
    await verify(sent, NOW + 15 * 60 * 1000);
    await verify(sent, NOW - 15 * 60 * 1000);
    for (const off of [15 * 60 * 1000 + 1000, -15 * 60 * 1000 - 1000]) {
      const error = await refusal(verify(sent, NOW + off));
      expect([error.code, error.status]).toEqual(['RequestTimeTooSkewed', 403]);
      expect(error.details).toMatchObject({ RequestTime: '20240524T123015Z' });
    }
  });

  test('of an unknown key is told from a wrong signature', async () => {
    const sent = await sign({ method: 'GET', path: '/lake/main/a', headers: base() });
    sent.headers.authorization = sent.headers.authorization!.replace('AKIA', 'BKIA');
    expect((await refusal(verify(sent))).code).toBe('InvalidAccessKeyId');
  });

  test.each([
    ['an old version', 'AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=', 'InvalidRequest', 400],
    [
      'an asymmetric one',
      'AWS4-ECDSA-P256-SHA256 Credential=a/b, SignedHeaders=host, Signature=00',
      'InvalidRequest',
      400
    ],
    ['no fields', 'AWS4-HMAC-SHA256 nonsense', 'AuthorizationHeaderMalformed', 400],
    [
      'another service',
      'AWS4-HMAC-SHA256 Credential=k/20240524/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00',
      'AuthorizationHeaderMalformed',
      400
    ]
  ])('that is %s is refused in words', async (_, authorization, code, status) => {
    const headers = { ...base(), authorization, 'x-amz-date': '20240524T123015Z' };
    const error = await refusal(verify({ method: 'GET', url: '/lake/main/a', headers }));
    expect([error.code, error.status]).toEqual([code, status]);
  });

  test('needs the form of the body to be told', async () => {
    const sent = await sign({
      method: 'GET',
      path: '/lake/main/a',
      headers: { host: 'h', 'x-amz-content-sha256': 'x' }
    });
    delete sent.headers['x-amz-content-sha256'];
    expect((await refusal(verify(sent))).code).toBe('InvalidRequest');
  });

  test('works with the Date header where there is no x-amz-date', async () => {
    const sent = await sign({ method: 'GET', path: '/lake/main/a', headers: base() });
    const date = new Date(NOW).toUTCString();
    // Signed by a client that has never heard of x-amz-date: made from the same canonical request without it.
    delete sent.headers['x-amz-date'];
    sent.headers.date = date;
    const { signingKey, scope } = (
      await verify(await sign({ method: 'GET', path: '/lake', headers: base() }))
    ).chain!;
    const canonical = [
      'GET',
      '/lake/main/a',
      '',
      `date:${date}`,
      'host:127.0.0.1:8000',
      'x-amz-content-sha256:UNSIGNED-PAYLOAD',
      '',
      'date;host;x-amz-content-sha256',
      'UNSIGNED-PAYLOAD'
    ].join('\n');
    const { createHash, createHmac } = await import('node:crypto');
    const digest = createHash('sha256').update(canonical).digest('hex');
    const signature = createHmac('sha256', signingKey)
      .update(`AWS4-HMAC-SHA256\n20240524T123015Z\n${scope}\n${digest}`)
      .digest('hex');
    sent.headers.authorization = `AWS4-HMAC-SHA256 Credential=${KEY.accessKeyId}/${scope},SignedHeaders=date;host;x-amz-content-sha256,Signature=${signature}`;
    await verify(sent);
  });

  test('and one in the query together are refused', async () => {
    const sent = await presign({ method: 'GET', path: '/lake/main/a', headers: base() }, { expiresIn: 60 });
    const both = await sign({ method: 'GET', path: '/lake/main/a', headers: base() });
    expect((await refusal(verify({ ...sent, headers: both.headers }))).code).toBe('InvalidArgument');
  });
});

describe('a presigned request', () => {
  test('of any path and query that the SDK presigns is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(path, query, async (key, params) => {
        const request = {
          method: 'GET',
          path: encodePath(key),
          query: params,
          headers: { host: '127.0.0.1:8000' }
        };
        const identity = await verify(await presign(request, { expiresIn: 600 }));
        expect(identity.payload).toBe('UNSIGNED-PAYLOAD');
      }),
      { numRuns: 200 }
    );
  });

  test('is refused after its end, before its time, and for a life of more than seven days', async () => {
    const request = { method: 'GET', path: '/lake/main/a', headers: { host: '127.0.0.1:8000' } };
    const sent = await presign(request, { expiresIn: 600 });
    await verify(sent, NOW + 600_000);
    const late = await refusal(verify(sent, NOW + 601_000));
    expect([late.code, late.status, late.details.Expires]).toEqual([
      'AccessDenied',
      403,
      new Date(NOW + 600_000).toISOString()
    ]);
    expect((await refusal(verify(sent, NOW - 16 * 60 * 1000))).code).toBe('AccessDenied');
    const long = { ...sent, url: sent.url.replace('X-Amz-Expires=600', 'X-Amz-Expires=604801') };
    expect((await refusal(verify(long))).code).toBe('AuthorizationQueryParametersError');
  });

  test('cannot be turned into another one', async () => {
    const request = { method: 'GET', path: '/lake/main/a', headers: { host: '127.0.0.1:8000' } };
    const sent = await presign(request, { expiresIn: 600 });
    for (const changed of [
      { ...sent, method: 'PUT' },
      { ...sent, url: sent.url.replace('/a?', '/b?') },
      { ...sent, url: `${sent.url}&response-content-type=text%2Fhtml` },
      { ...sent, url: sent.url.replace('X-Amz-Expires=600', 'X-Amz-Expires=6000') }
    ]) {
      expect((await refusal(verify(changed))).code).toBe('SignatureDoesNotMatch');
    }
  });

  test('carries x-amz- headers in its query, checksums of the body it did not know yet aside', async () => {
    const headers = { host: 'h', 'x-amz-meta-note': 'ä b', 'x-amz-checksum-crc32': 'AAAAAA==' };
    const signed = parts(await presign({ method: 'PUT', path: '/lake/main/a', headers }, { expiresIn: 60 }));
    expect([...signed.headers.keys()]).toEqual(['host']);
    const hoisted = withHoistedHeaders(signed.headers, signed.query);
    expect([...hoisted.keys()]).toEqual(['host', 'x-amz-meta-note']);
    expect(Buffer.from(hoisted.get('x-amz-meta-note')!, 'latin1').toString()).toBe('ä b');
  });

  test('may come with headers that have nothing to do with S3', async () => {
    const sent = await presign(
      { method: 'PUT', path: '/lake/main/a', headers: { host: '127.0.0.1:8000' } },
      { expiresIn: 600 }
    );
    await verify({ ...sent, headers: { ...sent.headers, 'content-type': 'text/csv', 'user-agent': 'curl' } });
  });
});

describe('a request is for S3', () => {
  test.each([
    [true, 'AWS4-HMAC-SHA256 Credential=…', '/lake/a'],
    [true, 'AWS4-ECDSA-P256-SHA256 Credential=…', '/lake/a'],
    [true, 'AWS key:signature', '/lake/a'],
    [true, undefined, '/lake/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=1'],
    [true, undefined, '/lake/a?AWSAccessKeyId=k&Signature=s&Expires=1'],
    [false, 'Basic dXNlcjpwYXNz', '/api/v1/repositories'],
    [false, 'Bearer x', '/api/v1/repositories?after=X-Amz-Signature'],
    [false, undefined, '/lake/X-Amz-Signature=']
  ])('%s: Authorization %s, %s', (expected, authorization, url) => {
    expect(isSigned(authorization, url)).toBe(expected);
  });
});
