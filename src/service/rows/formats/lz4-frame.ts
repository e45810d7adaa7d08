/**
 * Decompresses an LZ4 frame, as Arrow files hold them (LZ4 Frame Format 1.6, LZ4 Block Format). Checksums are not
 * looked at: what has them has been checked when it came in.
 */

const MAGIC = 0x184d2204;
/** The highest bit of a block's size: the block is not compressed. */
const RAW_BLOCK = 0x80000000;
/** Shortest match; what a token says is added to it. */
const MATCH_BYTES_MIN = 4;
/** A byte of a length stands for so many bytes at most: a frame that names more is damaged. */
const RATIO_MAX = 255;

/** @throws Error for bytes that are no LZ4 frame, or a damaged one */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const input = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const { start, hasBlockChecksum, contentBytes } = headerOf(input);
  const output = new Output(Math.min(contentBytes ?? 4 * input.length, RATIO_MAX * input.length));
  for (let at = start; ;) {
    const size = uint32(input, at);
    at += 4;
    if (size === 0) {
      return output.bytes();
    }
    const bytes = size & ~RAW_BLOCK & 0x7fffffff;
    const block = input.subarray(at, at + bytes);
    if (block.length < bytes) {
      throw damaged();
    }
    if (size >= RAW_BLOCK) {
      output.append(block);
    } else {
      decodeBlock(block, output);
    }
    at += bytes + (hasBlockChecksum ? 4 : 0);
  }
}

function headerOf(input: Buffer): { start: number; hasBlockChecksum: boolean; contentBytes?: number } {
  if (uint32(input, 0) !== MAGIC) {
    throw new Error('it is no LZ4 frame');
  }
  const flags = input[4] ?? 0;
  const [hasContentSize, hasDictionary] = [(flags & 0x08) !== 0, (flags & 0x01) !== 0];
  // Magic, flags, block descriptor; then what the flags say; then the header's checksum.
  const start = 6 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  if (input.length < start) {
    throw damaged();
  }
  return {
    start,
    hasBlockChecksum: (flags & 0x10) !== 0,
    ...(hasContentSize && { contentBytes: Number(input.readBigUInt64LE(6)) })
  };
}

/** A block is sequences of literals and a match, which may reach back into blocks before it. */
function decodeBlock(block: Buffer, output: Output): void {
  let at = 0;
  const length = (first: number): number => {
    let sum = first;
    for (let more = first === 15 ? 255 : 0; more === 255; sum += more) {
      more = byte(block, at++);
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    if (at + literals > block.length) {
      throw damaged();
    }
    output.append(block.subarray(at, at + literals));
    at += literals;
    // The last sequence has literals only.
    if (at === block.length) {
      return;
    }
    const offset = byte(block, at) | (byte(block, at + 1) << 8);
    at += 2;
    output.repeat(offset, length(token & 15) + MATCH_BYTES_MIN);
  }
}

/** Bytes that grow, and that can be copied from themselves. */
class Output {
  private buffer: Buffer;
  private length = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    bytes.copy(this.buffer, this.length);
    this.length += bytes.length;
  }

  /** Once more what came `offset` bytes before; it may run into what it writes. */
  repeat(offset: number, count: number): void {
    if (offset === 0 || offset > this.length) {
      throw damaged();
    }
    this.reserve(count);
    for (let left = count; left > 0;) {
      const some = Math.min(left, offset);
      const from = this.length - offset;
      this.buffer.copyWithin(this.length, from, from + some);
      this.length += some;
      left -= some;
    }
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length + count, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
  }
}

function uint32(input: Buffer, at: number): number {
  if (at + 4 > input.length) {
    throw damaged();
  }
  return input.readUInt32LE(at);
}

function byte(block: Buffer, at: number): number {
  const value = block[at];
  if (value === undefined) {
    throw damaged();
  }
  return value;
}

const damaged = () => new Error('its LZ4 compression is damaged');
