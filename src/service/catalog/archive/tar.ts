/**
 * The part of the tar format (POSIX ustar) that an archive needs: ordinary files with short names, one after another.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format".
 */

const BLOCK = 512;
/** Larger sizes than eleven octal digits can say are written in base 256, as GNU tar and bsdtar do. */
const OCTAL_MAX = 8 ** 11 - 1;
const NAME_BYTES_MAX = 100;
const REGULAR_FILE = '0'.charCodeAt(0);

/** Places of the fields: offset and length. */
const NAME = [0, 100] as const;
const MODE = [100, 8] as const;
const UID = [108, 8] as const;
const GID = [116, 8] as const;
const SIZE = [124, 12] as const;
const MTIME = [136, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = 257;

/** The bytes are no tar, or none of the kind that is expected here. The message is a sentence's end. */
export class TarError extends Error {
  override name = 'TarError';
}

/** What stands before a file's bytes. @param mtime seconds since the epoch */
export function headerOf(name: string, size: number, mtime: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw new Error(`${name} is too long a name for an archive.`);
  }
  const header = Buffer.alloc(BLOCK);
  header.write(name, NAME[0]);
  writeOctal(header, MODE, 0o644);
  writeOctal(header, UID, 0);
  writeOctal(header, GID, 0);
  writeNumber(header, SIZE, size);
  writeOctal(header, MTIME, mtime);
  header[TYPE] = REGULAR_FILE;
  header.write('ustar\x0000', MAGIC, 'latin1');
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, CHECKSUM[0]);
  return header;
}

/** What stands behind a file's bytes. */
export function paddingOf(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The end of a tar. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** One file of a tar. */
export interface TarFile {
  name: string;
  size: number;
  /** What stood before its bytes. */
  header: Buffer;
  /** Its bytes; what is not read of them is passed over. */
  bytes: AsyncIterable<Buffer>;
}

/**
 * The files of a tar, in order; each is to be read before the next one is asked for.
 * @param onBytes hears of all bytes behind a header as they are consumed, padding included
 * @throws TarError, also where it ends before its end
 */
export async function* tarFiles(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Buffer) => void
): AsyncGenerator<TarFile> {
  const input = new Input(source);
  try {
    for (;;) {
      const header = await input.exactly(BLOCK);
      if (isZero(header)) {
        return await input.onlyZeros();
      }
      const { name, size } = parse(header);
      const body = new Body(input, size, onBytes);
      yield { name, size, header, bytes: body };
      await body.passOver();
      onBytes(await input.exactly(paddingOf(size).length));
    }
  } finally {
    await input.close();
  }
}

function parse(header: Buffer): { name: string; size: number } {
  if (header.toString('latin1', MAGIC, MAGIC + 5) !== 'ustar') {
    throw new TarError('it is no tar file');
  }
  if (readOctal(header, CHECKSUM) !== checksumOf(header)) {
    throw new TarError('the checksum of a header does not fit');
  }
  if (header[TYPE] !== REGULAR_FILE) {
    throw new TarError('there is something else than ordinary files in it');
  }
  const end = header.indexOf(0);
  return {
    name: header.toString('utf8', 0, Math.min(end < 0 ? NAME[1] : end, NAME[1])),
    size: readNumber(header, SIZE)
  };
}

/** The bytes of one file; they can be read once. */
class Body implements AsyncIterable<Buffer> {
  constructor(
    private readonly input: Input,
    private missing: number,
    private readonly onBytes: (bytes: Buffer) => void
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.missing > 0) {
      const chunk = await this.input.atMost(this.missing);
      this.missing -= chunk.length;
      this.onBytes(chunk);
      yield chunk;
    }
  }

  async passOver(): Promise<void> {
    for await (const _ of this);
  }
}

/** Bytes that are asked for in other pieces than they come in. */
class Input {
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Reads on to the end: who writes into a pipe must not find it closed. */
  async onlyZeros(): Promise<void> {
    for (;;) {
      if (!isZero(this.rest)) {
        throw new TarError('there is more behind its end');
      }
      const next = await this.source.next();
      if (next.done) {
        return;
      }
      this.rest = asBuffer(next.value);
    }
  }

  /** Whoever gives the bytes learns that no more are wanted. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const part = await this.atMost(missing);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  /** At least one byte. */
  async atMost(length: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const next = await this.source.next();
      if (next.done) {
        throw new TarError('it ends too early');
      }
      this.rest = asBuffer(next.value);
    }
    const part = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(part.length);
    return part;
  }
}

const isZero = (bytes: Buffer) => bytes.every(byte => byte === 0);
const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

type Field = readonly [offset: number, length: number];

function writeOctal(header: Buffer, [offset, length]: Field, value: number): void {
  header.write(value.toString(8).padStart(length - 1, '0'), offset);
}

function writeNumber(header: Buffer, field: Field, value: number): void {
  if (value <= OCTAL_MAX) {
    return writeOctal(header, field, value);
  }
  const [offset, length] = field;
  header[offset] = 0x80;
  header.writeUIntBE(value, offset + length - 6, 6);
}

function readNumber(header: Buffer, field: Field): number {
  const [offset, length] = field;
  return header[offset]! & 0x80 ? header.readUIntBE(offset + length - 6, 6) : readOctal(header, field);
}

function readOctal(header: Buffer, [offset, length]: Field): number {
  const text = header.toString('latin1', offset, offset + length).replace(/[\0 ]+$/, '');
  if (!/^[0-7]+$/.test(text)) {
    throw new TarError('a header holds something else than numbers');
  }
  return parseInt(text, 8);
}

/** The sum of all bytes of a header, with its own field taken for spaces. */
function checksumOf(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    sum += i >= CHECKSUM[0] && i < CHECKSUM[0] + CHECKSUM[1] ? 0x20 : header[i]!;
  }
  return sum;
}
