import { createHash, randomBytes } from 'node:crypto';
import { crc32, crc32c, crc64nvme, type Crc } from '../../../src/service/catalog/hashing/crc.js';
import { frame } from './framing.js';
import { BUCKET, Service } from './service.js';
import { sha256Hex, signerOf } from './signer.js';
import { chainOf, send, signed, type Answer } from './wire.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

const PATH = `/${BUCKET}/main/body`;
const CONTENT = randomBytes(300_000);
const MD5 = createHash('md5').update(CONTENT).digest('hex');

const digest = (crc: Crc): string => {
  crc.update(CONTENT);
  return crc.digest().toString('base64');
};
const TRAILERS: Record<string, string> = {
  'x-amz-checksum-crc32': digest(crc32()),
  'x-amz-checksum-crc32c': digest(crc32c()),
  'x-amz-checksum-crc64nvme': digest(crc64nvme()),
  'x-amz-checksum-sha1': createHash('sha1').update(CONTENT).digest('base64'),
  'x-amz-checksum-sha256': createHash('sha256').update(CONTENT).digest('base64')
};

/** Cuts a body as a connection does, so that it goes out with chunked transfer encoding. */
const inPieces = (body: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(body.length / 50_001) }, (_, i) =>
    body.subarray(i * 50_001, (i + 1) * 50_001)
  );

async function upload(
  payload: string,
  options: {
    trailer?: Record<string, string>;
    signChunks?: boolean;
    chunk?: number;
    damage?: (body: Buffer) => Buffer;
    headers?: Record<string, string>;
    transferChunked?: boolean;
  } = {}
): Promise<Answer> {
  const { trailer, signChunks, chunk = 131_072, damage = body => body } = options;
  const headers = await signed(service.port, 'PUT', PATH, {
    'x-amz-content-sha256': payload,
    ...(payload.startsWith('STREAMING-')
      ? { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': String(CONTENT.length) }
      : {}),
    ...(trailer ? { 'x-amz-trailer': Object.keys(trailer)[0]! } : {}),
    ...options.headers
  });
  const chain = signChunks ? chainOf(headers) : undefined;
  const body = damage(payload.startsWith('STREAMING-') ? frame(CONTENT, { chunk, chain, trailer }) : CONTENT);
  return options.transferChunked
    ? send(service.port, 'PUT', PATH, headers, inPieces(body))
    : send(service.port, 'PUT', PATH, { ...headers, 'content-length': String(body.length) }, body);
}

async function stored(): Promise<string | undefined> {
  const found = await service.catalog.objects.stat(BUCKET, 'main', 'body').catch(() => undefined);
  return found?.checksum;
}

beforeEach(() => service.catalog.objects.delete(BUCKET, 'main', 'body'));

describe('a body is stored as it is meant, sent', () => {
  test('unsigned', async () => {
    expect((await upload('UNSIGNED-PAYLOAD')).headers.etag).toBe(`"${MD5}"`);
    expect(await stored()).toBe(MD5);
  });

  test('with its hash', async () => {
    expect((await upload(sha256Hex(CONTENT))).status).toBe(200);
    expect(await stored()).toBe(MD5);
  });

  test('in signed chunks of 128 KiB, as S3A does', async () => {
    expect((await upload('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signChunks: true })).status).toBe(200);
    expect(await stored()).toBe(MD5);
  });

  test.each(Object.keys(TRAILERS))('in signed chunks with a signed trailer of %s', async name => {
    const trailer = { [name]: TRAILERS[name]! };
    const answer = await upload('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signChunks: true, trailer });
    expect([answer.status, answer.headers[name]]).toEqual([200, TRAILERS[name]]);
    expect(await stored()).toBe(MD5);
  });

  test.each(Object.keys(TRAILERS))(
    'in unsigned chunks of no announced length, with a trailer of %s, as pyarrow does',
    async name => {
      const trailer = { [name]: TRAILERS[name]! };
      const answer = await upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', { trailer, transferChunked: true });
      expect([answer.status, answer.headers[name]]).toEqual([200, TRAILERS[name]]);
      expect(await stored()).toBe(MD5);
    }
  );

  test('in chunks, with an encoding of its own that is kept without aws-chunked', async () => {
    await upload('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', {
      signChunks: true,
      headers: { 'content-encoding': 'aws-chunked,gzip' }
    });
    const { metadata } = await service.catalog.objects.stat(BUCKET, 'main', 'body');
    expect(metadata).toEqual({ 'http:content-encoding': 'gzip' });
  });
});

describe('a body is refused, and nothing is stored,', () => {
  const flip = (body: Buffer): Buffer => {
    const damaged = Buffer.from(body);
    damaged[150_000]! ^= 1;
    return damaged;
  };
  const crc = { 'x-amz-checksum-crc32': TRAILERS['x-amz-checksum-crc32']! };

  test.each<[string, () => Promise<Answer>, number, string]>([
    ['that is not what its hash says', () => upload(sha256Hex('x')), 400, 'XAmzContentSHA256Mismatch'],
    [
      'with a bit flipped in a signed chunk',
      () => upload('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signChunks: true, damage: flip }),
      403,
      'SignatureDoesNotMatch'
    ],
    [
      'with a bit flipped in unsigned chunks',
      () => upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', { trailer: crc, damage: flip }),
      400,
      'BadDigest'
    ],
    [
      'without the announced trailer',
      () =>
        upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', {
          headers: { 'x-amz-trailer': 'x-amz-checksum-crc32' }
        }),
      400,
      'MalformedTrailerError'
    ],
    [
      'without its last chunk',
      () => upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', { damage: body => body.subarray(0, -7) }),
      400,
      'IncompleteBody'
    ],
    [
      'shorter than announced',
      () =>
        upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', {
          headers: { 'x-amz-decoded-content-length': '300001' }
        }),
      400,
      'IncompleteBody'
    ],
    [
      'longer than announced',
      () =>
        upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', {
          headers: { 'x-amz-decoded-content-length': '299999' }
        }),
      400,
      'IncompleteBody'
    ],
    [
      'of no announced number of bytes',
      () =>
        upload('STREAMING-UNSIGNED-PAYLOAD-TRAILER', { headers: { 'x-amz-decoded-content-length': 'many' } }),
      400,
      'InvalidRequest'
    ],
    [
      'of a form that is not offered',
      () => upload('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD'),
      501,
      'NotImplemented'
    ],
    ['of no form at all', () => upload('something'), 400, 'InvalidRequest'],
    [
      'that its Content-MD5 is not of',
      () => upload('UNSIGNED-PAYLOAD', { headers: { 'content-md5': createHash('md5').digest('base64') } }),
      400,
      'BadDigest'
    ]
  ])('%s', async (_, send, status, code) => {
    const answer = await send();
    expect([answer.status, /<Code>(\w+)</.exec(answer.body)?.[1]]).toEqual([status, code]);
    expect(await stored()).toBeUndefined();
  });
});

describe('a presigned address', () => {
  const presign = async (method: string, headers: Record<string, string> = {}): Promise<string> => {
    const { query } = await signerOf().presign(
      {
        protocol: 'http:',
        hostname: '127.0.0.1',
        method,
        path: PATH,
        query: {},
        headers: { host: `127.0.0.1:${service.port}`, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', ...headers }
      },
      { expiresIn: 60 }
    );
    return `${service.endpoint}${PATH}?${new URLSearchParams(query as Record<string, string>).toString()}`;
  };

  test('takes a body and gives it back', async () => {
    const put = await fetch(await presign('PUT', { 'x-amz-meta-note': 'ä' }), {
      method: 'PUT',
      body: CONTENT,
      headers: { 'content-type': 'image/png' }
    });
    expect([put.status, put.headers.get('etag')]).toEqual([200, `"${MD5}"`]);
    const got = await fetch(await presign('GET'));
    expect(Buffer.from(await got.arrayBuffer()).equals(CONTENT)).toBe(true);
    expect(got.headers.get('content-type')).toBe('image/png');
    expect(got.headers.get('content-security-policy')).toBe('sandbox');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('x-amz-meta-note')).toBe('=?UTF-8?B?w6Q=?=');
  });

  test('is worth nothing for another method, or once it is over', async () => {
    const address = await presign('GET');
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(403);
    service.clockOffsetMs = 61_000;
    try {
      const late = await fetch(address);
      expect(late.status).toBe(403);
      expect(await late.text()).toContain('The presigned request has expired.');
    } finally {
      service.clockOffsetMs = 0;
    }
  });
});
