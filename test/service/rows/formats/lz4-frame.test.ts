import fc from 'fast-check';

import { decodeLz4Frame } from '../../../../src/service/rows/formats/lz4-frame.js';

/** Frames as pyarrow 26 writes them (`pyarrow.compress(data, codec="lz4")`). */
const FRAMES: [frame: string, content: string][] = [
  ['BCJNGGBAggAAAAA=', ''],
  ['BCJNGGBAggEAAIBhAAAAAA==', 'a'],
  ['BCJNGGBAgg8AAAA/YWJjAwD//z9QYmNhYmMAAAAA', 'abc'.repeat(200)]
];

test.each(FRAMES)('the frame %s is decompressed', (frame, content) => {
  expect(Buffer.from(decodeLz4Frame(Buffer.from(frame, 'base64'))).toString()).toBe(content);
});

const uint32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n >>> 0);
  return bytes;
};
const lengthBytes = (n: number) =>
  n < 15
    ? Buffer.alloc(0)
    : Buffer.from([...Array<number>(Math.floor((n - 15) / 255)).fill(255), (n - 15) % 255]);

/** One sequence of a block: literals, and a match unless it is the last one. */
function sequence(literals: Buffer, match?: { offset: number; length: number }): Buffer {
  const more = match ? match.length - 4 : 0;
  return Buffer.concat([
    Buffer.from([(Math.min(literals.length, 15) << 4) | Math.min(more, 15)]),
    lengthBytes(literals.length),
    literals,
    ...(match ? [Buffer.from([match.offset & 255, match.offset >> 8]), lengthBytes(more)] : [])
  ]);
}

const frame = (flags: number, extra: Buffer, blocks: Buffer[]) =>
  Buffer.concat([
    uint32(0x184d2204),
    Buffer.from([flags, 0x40]),
    extra,
    Buffer.from([0]),
    ...blocks.flatMap(block => [uint32(block.length), block, ...(flags & 0x10 ? [uint32(0)] : [])]),
    uint32(0)
  ]);

const bytes = (options: { minLength?: number; maxLength: number }) =>
  fc.uint8Array(options).map(array => Buffer.from(array));

test('literals and matches of any length, over blocks, with and without what a frame may say', () => {
  const steps = fc.array(
    fc.record({
      literals: bytes({ minLength: 1, maxLength: 400 }),
      back: fc.nat(),
      length: fc.integer({ min: 4, max: 700 })
    }),
    { maxLength: 6 }
  );
  fc.assert(
    fc.property(steps, fc.boolean(), fc.boolean(), (steps, sized, summed) => {
      let content = Buffer.alloc(0);
      const blocks = steps.map(({ literals, back, length }) => {
        content = Buffer.concat([content, literals]);
        const offset = (back % Math.min(content.length, 65_535)) + 1;
        for (let i = 0; i < length; i++) {
          content = Buffer.concat([
            content,
            content.subarray(content.length - offset, content.length - offset + 1)
          ]);
        }
        return Buffer.concat([sequence(literals, { offset, length }), sequence(Buffer.alloc(0))]);
      });
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(content.length));
      const whole = frame(0x40 | (sized ? 8 : 0) | (summed ? 16 : 0), sized ? size : Buffer.alloc(0), blocks);
      expect(Buffer.from(decodeLz4Frame(whole)).equals(content)).toBe(true);
    }),
    { numRuns: 50 }
  );
});

test('damaged bytes are an error, whatever they are', () => {
  const good = Buffer.from(FRAMES[2]![0], 'base64');
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), (at, value, cut) => {
      const bad = Buffer.from(good);
      bad[at] = value;
      for (const frame of [bad, good.subarray(0, cut)]) {
        try {
          decodeLz4Frame(frame);
        } catch (error) {
          expect((error as Error).message).toMatch(/LZ4/);
        }
      }
    })
  );
  expect(() => decodeLz4Frame(Buffer.from('not a frame'))).toThrow('it is no LZ4 frame');
  expect(() => decodeLz4Frame(good.subarray(0, 20))).toThrow('its LZ4 compression is damaged');
});
