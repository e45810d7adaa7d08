/** "1681511377": a 64-bit array of 32-bit bitmaps in the portable format. */
const MAGIC = 1_681_511_377;
/** RoaringFormatSpec: without run containers, and with some. */
const COOKIE_WITHOUT_RUNS = 12_346;
const COOKIE = 12_347;
/** With run containers, offsets of containers are there from so many on. */
const OFFSETS_FROM = 4;
/** More values than these in a container without runs make it a bitmap. */
const ARRAY_VALUES_MAX = 4_096;
const BITMAP_WORDS = 2_048;

/** Where the next byte is read. */
interface Position {
  at: number;
}

/**
 * The row numbers in a deletion vector, in the order in which they are written: ascending, where it is sound.
 * Delta Transaction Log Protocol, "Deletion Vector Format": a count of 32-bit bitmaps, each behind the upper half of
 * its values; those as RoaringFormatSpec has them (arrays, bitmaps and runs). Of the libraries, `roaring` is native code, and
 * `roaring-wasm` would build in a memory of its own what is only read through once.
 * @throws RangeError where the bytes do not hold
 */
export function* rowsIn(bytes: Uint8Array): Generator<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new RangeError('unknown magic number');
  }
  const bitmaps = Number(view.getBigUint64(4, true));
  const position = { at: 12 };
  for (let i = 0; i < bitmaps; i++) {
    const upper = view.getUint32(position.at, true) * 2 ** 32;
    position.at += 4;
    for (const value of valuesIn(view, position)) {
      yield upper + value;
    }
  }
  if (position.at !== bytes.length) {
    throw new RangeError('bytes behind the last bitmap');
  }
}

/** The values of one 32-bit bitmap; leaves the position behind it. */
function* valuesIn(view: DataView, position: Position): Generator<number> {
  const { containers, isRun, hasOffsets } = headOf(view, position);
  const heads = position.at;
  position.at += containers * (hasOffsets ? 8 : 4);
  for (let i = 0; i < containers; i++) {
    const upper = view.getUint16(heads + 4 * i, true) * 2 ** 16;
    const values = view.getUint16(heads + 4 * i + 2, true) + 1;
    const container = isRun(i)
      ? runs(view, position)
      : values <= ARRAY_VALUES_MAX
        ? array(view, position, values)
        : bitmap(view, position);
    for (const value of container) {
      yield upper + value;
    }
  }
}

function headOf(view: DataView, position: Position) {
  const cookie = view.getUint32(position.at, true);
  if (cookie === COOKIE_WITHOUT_RUNS) {
    const containers = view.getUint32(position.at + 4, true);
    position.at += 8;
    return { containers, isRun: () => false, hasOffsets: true };
  }
  if ((cookie & 0xffff) !== COOKIE) {
    throw new RangeError('unknown kind of bitmap');
  }
  const containers = (cookie >>> 16) + 1;
  const flags = position.at + 4;
  position.at = flags + Math.ceil(containers / 8);
  const isRun = (i: number) => ((view.getUint8(flags + (i >> 3)) >> (i & 7)) & 1) === 1;
  return { containers, isRun, hasOffsets: containers >= OFFSETS_FROM };
}

function* array(view: DataView, position: Position, values: number): Generator<number> {
  const { at } = position;
  position.at += 2 * values;
  for (let i = 0; i < values; i++) {
    yield view.getUint16(at + 2 * i, true);
  }
}

function* bitmap(view: DataView, position: Position): Generator<number> {
  const { at } = position;
  position.at += 4 * BITMAP_WORDS;
  for (let word = 0; word < BITMAP_WORDS; word++) {
    for (let bits = view.getUint32(at + 4 * word, true); bits !== 0; bits &= bits - 1) {
      yield 32 * word + 31 - Math.clz32(bits & -bits);
    }
  }
}

/** Each run is its first value, and how many follow that. */
function* runs(view: DataView, position: Position): Generator<number> {
  const count = view.getUint16(position.at, true);
  const at = position.at + 2;
  position.at = at + 4 * count;
  for (let i = 0; i < count; i++) {
    const first = view.getUint16(at + 4 * i, true);
    const last = first + view.getUint16(at + 4 * i + 2, true);
    if (last >= 2 ** 16) {
      throw new RangeError('a run that leaves its container');
    }
    for (let value = first; value <= last; value++) {
      yield value;
    }
  }
}
