import { gunzipSync } from 'node:zlib';

import { tableCrc32 } from '../../../../src/service/catalog/hashing/crc.js';
import type { DeletionVector } from '../../../../src/service/rows/delta/actions.js';

/** How the values of a container are written. */
export type ContainerKind = 'array' | 'bitmap' | 'runs';

/**
 * Deletion vectors by the protocol, written the plain way: one container for each 65,536 rows. `kindOf` says how each
 * is written; as Roaring has it, only up to 4,096 values are an array, and only more a bitmap.
 */
export function serialized(
  rows: number[],
  kindOf: (container: number) => ContainerKind = () => 'array'
): Buffer {
  const bitmaps = [...grouped(rows, 2 ** 32)];
  const head = Buffer.alloc(12);
  head.writeUInt32LE(1_681_511_377, 0);
  head.writeBigUInt64LE(BigInt(bitmaps.length), 4);
  return Buffer.concat([
    head,
    ...bitmaps.flatMap(([upper, values]) => [uint32(upper), bitmap32(values, kindOf)])
  ]);
}

/** A vector in the log. */
export function inline(rows: number[]): DeletionVector {
  const bytes = serialized(rows);
  return {
    storageType: 'i',
    pathOrInlineDv: base85(bytes),
    sizeInBytes: bytes.length,
    cardinality: rows.length
  };
}

/** A file of vectors, and where each begins. */
export function vectorFile(vectors: Buffer[]): { bytes: Buffer; offsets: number[] } {
  const chunks: Buffer[] = [Buffer.from([1])];
  const offsets: number[] = [];
  for (const vector of vectors) {
    offsets.push(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(vector.length);
    chunks.push(size, vector, checksumOf(vector));
  }
  return { bytes: Buffer.concat(chunks), offsets };
}

function checksumOf(vector: Buffer): Buffer {
  const crc = tableCrc32();
  crc.update(vector);
  return crc.digest();
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Z85, padded to whole words. */
export function base85(bytes: Buffer): string {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = '';
  for (let at = 0; at < padded.length; at += 4) {
    let value = padded.readUInt32BE(at);
    let word = '';
    for (let i = 0; i < 5; i++) {
      word = ALPHABET[value % 85]! + word;
      value = Math.floor(value / 85);
    }
    text += word;
  }
  return text;
}

/** What names `deletion_vector_UUID.bin` in a log. */
export const relative = (uuid: string) => base85(Buffer.from(uuid.replaceAll('-', ''), 'hex'));

/**
 * Two vectors of one file of 200,000 rows as Delta Lake 3.3.3 on Spark 3.5.9 wrote them, and their descriptors in its
 * log: rows 3, 17 and 70,000 (arrays), and with them even rows from 100,000 to 165,535 (bitmaps) and all from 20,000 to
 * 59,999 (a run).
 */
export const WRITTEN_BY_DELTA = [
  {
    file: 'deletion_vector_a9ee0d5f-c7b9-4bc5-ba60-c53018b69d7c.bin',
    bytes: gunzipSync(
      Buffer.from(
        'H4sIAAAAAAACA2NkYGDQu3jZMoWRAQGsDBgYmMAsRgaQuAQQywAxM4MgQ4GgtWxoCQDOfHlzNwAAAA==',
        'base64'
      )
    ),
    deletionVector: {
      storageType: 'u',
      pathOrInlineDv: 'SQpj5:gj<ZX)SGh7}b#.',
      offset: 1,
      sizeInBytes: 46,
      cardinality: 3
    }
  },
  {
    file: 'deletion_vector_ab0bbcd7-da14-4fe3-a15e-b8960f795e46.bin',
    bytes: gunzipSync(
      Buffer.from(
        'H4sIAAAAAAACA+3asQ2CUBQF0PdhAhcwbgAt0USMvVRswCLsQU/rKsbOafwdoaOE5JzkFu+Wt34poq0+32ZIsbjWReT7MaV4' +
          '34ronmWUuT7lXF73KWCzZAIAAAB2owcAAAAAAAAADs8HBAAAAKyN59/8B5YTX7U4QAAA',
        'base64'
      )
    ),
    deletionVector: {
      storageType: 'u',
      pathOrInlineDv: 'S%=O(*7WuyP<Cl{4%.FJ',
      offset: 1,
      sizeInBytes: 16_431,
      cardinality: 72_771
    }
  }
];

function bitmap32(values: number[], kindOf: (container: number) => ContainerKind): Buffer {
  const containers = [...grouped(values, 2 ** 16)].map(([key, values], i) => {
    const kind = kindOf(i) === 'runs' ? 'runs' : values.length > 4_096 ? 'bitmap' : 'array';
    return { key, values, isRun: kind === 'runs', bytes: WRITERS[kind](values) };
  });
  const hasRuns = containers.some(({ isRun }) => isRun);
  const flags = Buffer.alloc(hasRuns ? Math.ceil(containers.length / 8) : 0);
  containers.forEach(({ isRun }, i) => isRun && (flags[i >> 3]! |= 1 << (i & 7)));
  const cookie = hasRuns
    ? uint32(12_347 + (containers.length - 1) * 65_536)
    : Buffer.concat([uint32(12_346), uint32(containers.length)]);
  const heads = containers.flatMap(({ key, values }) => [uint16(key), uint16(values.length - 1)]);
  const hasOffsets = !hasRuns || containers.length >= 4;
  let at = cookie.length + flags.length + containers.length * (hasOffsets ? 8 : 4);
  const offsets = containers.map(({ bytes }) => {
    const offset = uint32(at);
    at += bytes.length;
    return offset;
  });
  const bodies = containers.map(({ bytes }) => bytes);
  return Buffer.concat([cookie, flags, ...heads, ...(hasOffsets ? offsets : []), ...bodies]);
}

const WRITERS: Record<ContainerKind, (values: number[]) => Buffer> = {
  array: values => Buffer.concat(values.map(uint16)),
  bitmap: values => {
    const bytes = Buffer.alloc(8_192);
    values.forEach(value => (bytes[value >> 3]! |= 1 << (value & 7)));
    return bytes;
  },
  runs: values => {
    const runs: [number, number][] = [];
    for (const value of values) {
      const last = runs.at(-1);
      if (last && last[0] + last[1] + 1 === value) {
        last[1]++;
      } else {
        runs.push([value, 0]);
      }
    }
    return Buffer.concat([uint16(runs.length), ...runs.flat().map(uint16)]);
  }
};

/** Values by their upper part, each without it. */
function grouped(values: number[], width: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const value of values) {
    const upper = Math.floor(value / width);
    const group = groups.get(upper);
    if (group) {
      group.push(value % width);
    } else {
      groups.set(upper, [value % width]);
    }
  }
  return groups;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
