import fc from 'fast-check';

import { fromBase85 } from '../../../../src/service/rows/delta/base85.js';
import { rowsIn } from '../../../../src/service/rows/delta/roaring.js';
import { base85, serialized, WRITTEN_BY_DELTA, type ContainerKind } from './vectors.js';

/** Some rows here and there, some whole stretches, also behind 2^32. */
const rows = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.nat(400_000),
        fc.nat(100).map(n => 2 ** 32 + n * 1_000)
      ),
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 10_000 }), fc.constant(70_000)),
      fc.constantFrom(1, 1, 2)
    ),
    { maxLength: 12 }
  )
  .map(stretches => {
    const all = new Set<number>();
    for (const [first, count, step] of stretches) {
      for (let i = 0; i < count; i++) {
        all.add(first + i * step);
      }
    }
    return [...all].sort((a, b) => a - b);
  });
const kinds = fc.array(fc.constantFrom<ContainerKind>('array', 'runs'), { minLength: 1 });

test('all kinds of containers give the rows that were written', () => {
  fc.assert(
    fc.property(rows, kinds, (rows, kinds) => {
      const bytes = serialized(rows, i => kinds[i % kinds.length]!);
      // As text: matchers take long to look at so many numbers.
      expect([...rowsIn(bytes)].join() === rows.join()).toBe(true);
    }),
    { numRuns: 50 }
  );
});

test('vectors that Delta Lake wrote are read', () => {
  const [few, many] = WRITTEN_BY_DELTA.map(({ bytes, deletionVector: { offset, sizeInBytes } }) => [
    ...rowsIn(bytes.subarray(offset + 4, offset + 4 + sizeInBytes))
  ]);
  expect(few).toEqual([3, 17, 70_000]);
  const expected = Array.from({ length: 200_000 }, (_, row) => row).filter(
    row =>
      [3, 17, 70_000].includes(row) ||
      (row >= 20_000 && row < 60_000) ||
      (row >= 100_000 && row < 165_536 && row % 2 === 0)
  );
  expect(many!.join() === expected.join()).toBe(true);
});

test('bytes that are cut off, or that something was written over, end in a RangeError or in other rows', () => {
  const sound = serialized([1, 5, 70_000, 70_001, 70_002, 200_000], i => (i === 1 ? 'runs' : 'array'));
  const read = (bytes: Uint8Array) => {
    let rows = 0;
    for (const _ of rowsIn(bytes)) {
      // A vector of some bytes may promise any number; whoever reads it stops.
      if (++rows > 1_000_000) {
        return;
      }
    }
  };
  for (let length = 0; length < sound.length; length++) {
    expect(() => read(sound.subarray(0, length))).toThrow(RangeError);
  }
  fc.assert(
    fc.property(fc.nat(sound.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const changed = Buffer.from(sound);
      changed[at] = byte;
      try {
        read(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    })
  );
});

test('text in base85 is read as it was written, and what is none is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), bytes => {
      const read = fromBase85(base85(Buffer.from(bytes)));
      expect(read.subarray(0, bytes.length)).toEqual(Buffer.from(bytes));
    })
  );
  // The example of the specification.
  expect(fromBase85('HelloWorld')).toEqual(Buffer.from('864fd26fb559f75b', 'hex'));
  for (const wrong of ['Hell', 'Hell"', '#####']) {
    expect(() => fromBase85(wrong)).toThrow(RangeError);
  }
});
