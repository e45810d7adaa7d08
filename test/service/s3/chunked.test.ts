import fc from 'fast-check';
import { ChunkChain } from '../../../src/service/s3/chunk-chain.js';
import { ChunkedDecoder } from '../../../src/service/s3/chunked.js';
import { S3Error } from '../../../src/service/s3/errors.js';
import type { SignatureChain } from '../../../src/service/s3/signature.js';
import { SigningKeys } from '../../../src/service/s3/signing-keys.js';
import { frame } from './framing.js';
import { KEY } from './service.js';

const chain: SignatureChain = {
  signingKey: new SigningKeys().of(KEY, { date: '20130524', region: 'us-east-1' }),
  timestamp: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
  seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9'
};

function decode(
  pieces: Buffer[],
  decoder: ChunkedDecoder
): { content: Buffer; trailer: Map<string, string> } {
  const out: Buffer[] = [];
  for (const piece of pieces) {
    out.push(...decoder.push(piece));
  }
  return { trailer: decoder.end(), content: Buffer.concat(out) };
}

/** Cuts a buffer at the given places, whatever they are. */
function cut(whole: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map(place => place % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => whole.subarray(start, at[i] ?? whole.length));
}

const failure = (run: () => unknown): S3Error => {
  try {
    run();
  } catch (error) {
    if (error instanceof S3Error) {
      return error;
    }
    throw error;
  }
  throw new Error('expected a refusal');
};

/** Examples of the S3 API Reference: 65 KiB of "a" in chunks of 64 KiB. */
const CONTENT = Buffer.alloc(66_560, 'a');

test('the signed chunks that the S3 documentation gives as an example are accepted', () => {
  const signatures = [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'
  ];
  const body = Buffer.concat([
    Buffer.from(`10000;chunk-signature=${signatures[0]}\r\n`),
    CONTENT.subarray(0, 65_536),
    Buffer.from(`\r\n400;chunk-signature=${signatures[1]}\r\n`),
    CONTENT.subarray(65_536),
    Buffer.from(`\r\n0;chunk-signature=${signatures[2]}\r\n\r\n`)
  ]);
  expect(frame(CONTENT, { chunk: 65_536, chain }).equals(body)).toBe(true);
  const decoder = new ChunkedDecoder({ chain: new ChunkChain(chain), trailer: false });
  expect(decode([body], decoder).content.equals(CONTENT)).toBe(true);
});

test('the signed trailer that the S3 documentation gives as an example is accepted', () => {
  const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
  const body = Buffer.concat([
    Buffer.from('10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n'),
    CONTENT.subarray(0, 65_536),
    Buffer.from(
      '\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n'
    ),
    CONTENT.subarray(65_536),
    Buffer.from('\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n'),
    Buffer.from('x-amz-checksum-crc32c:sOO8/Q==\r\n'),
    Buffer.from(
      'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n'
    )
  ]);
  const decoder = new ChunkedDecoder({ chain: new ChunkChain({ ...chain, seed }), trailer: true });
  const { content, trailer } = decode([body], decoder);
  expect(content.equals(CONTENT)).toBe(true);
  expect([...trailer]).toEqual([['x-amz-checksum-crc32c', 'sOO8/Q==']]);
});

const content = fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes));
const places = fc.array(fc.nat(2_000), { maxLength: 12 });
const trailer = fc.option(fc.constant({ 'x-amz-checksum-crc32': 'AAAAAA==' }), { nil: undefined });

test('however a body is cut into pieces, the same content comes out', () => {
  fc.assert(
    fc.property(
      content,
      fc.integer({ min: 1, max: 150 }),
      places,
      trailer,
      fc.boolean(),
      (bytes, chunk, at, end, sign) => {
        const signed = sign ? chain : undefined;
        const body = frame(bytes, { chunk, chain: signed, trailer: end });
        const decoder = new ChunkedDecoder({
          chain: signed && new ChunkChain(signed),
          trailer: end !== undefined
        });
        const decoded = decode(cut(body, at), decoder);
        expect(decoded.content.equals(bytes)).toBe(true);
        expect(Object.fromEntries(decoded.trailer)).toEqual(end ?? {});
      }
    ),
    { numRuns: 500 }
  );
});

test('a signed body in which any one bit is another is refused', () => {
  const body = frame(Buffer.from('some bytes, twice, some bytes'), {
    chunk: 16,
    chain,
    trailer: { 'x-amz-checksum-crc32': 'AAAAAA==' }
  });
  // The last CRLF only ends the trailer; everything before it is under a signature or part of one.
  fc.assert(
    fc.property(fc.nat(body.length - 5), fc.nat(7), places, (byte, bit, at) => {
      const changed = Buffer.from(body);
      changed[byte] = changed[byte]! ^ (1 << bit);
      const decoder = new ChunkedDecoder({ chain: new ChunkChain(chain), trailer: true });
      let accepted;
      try {
        accepted = decode(cut(changed, at), decoder);
      } catch (error) {
        expect(error).toBeInstanceOf(S3Error);
        return;
      }
      // Letter case of a length, of a trailer's name, and CR for another blank say the same in other words.
      expect(accepted.content.toString()).toBe('some bytes, twice, some bytes');
      expect([...accepted.trailer]).toEqual([['x-amz-checksum-crc32', 'AAAAAA==']]);
    }),
    { numRuns: 2_000 }
  );
});

test.each([
  ['a body without a last chunk', '3\r\nabc\r\n', 'IncompleteBody'],
  ['a body cut inside a chunk', '5\r\nabc', 'IncompleteBody'],
  ['an empty body', '', 'IncompleteBody'],
  ['a length that is no number', 'zz\r\n', 'InvalidRequest'],
  ['a length without end', '1'.repeat(5_000), 'InvalidRequest'],
  ['a length beyond all bounds', 'fffffffffffff\r\n', 'InvalidRequest'],
  ['a chunk longer than it says', '2\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
  ['a trailer line without a colon', '0\r\nnonsense\r\n\r\n', 'MalformedTrailerError'],
  ['a trailer without end', `0\r\n${'a:b\r\n'.repeat(5_000)}`, 'MalformedTrailerError']
])('%s is refused', (_, body, code) => {
  const decoder = new ChunkedDecoder({ trailer: true });
  expect(failure(() => decode([Buffer.from(body)], decoder)).code).toBe(code);
});

test('a trailer where none belongs is refused', () => {
  const decoder = new ChunkedDecoder({ trailer: false });
  expect(failure(() => decode([Buffer.from('0\r\na:b\r\n\r\n')], decoder)).code).toBe(
    'MalformedTrailerError'
  );
});

test('a signed body needs a signature on every chunk and on its trailer', () => {
  for (const body of [
    Buffer.from('3\r\nabc\r\n0\r\n\r\n'),
    frame(Buffer.from('abc'), { chunk: 3, chain }),
    frame(Buffer.from('abc'), { chunk: 3, trailer: { a: 'b' } })
  ]) {
    const decoder = new ChunkedDecoder({ chain: new ChunkChain(chain), trailer: true });
    expect(failure(() => decode([body], decoder)).code).toBe('SignatureDoesNotMatch');
  }
});
