import { DataType, IntervalUnit, Precision, TimeUnit, Vector, type Data } from 'apache-arrow';
import { dateText, durationText, instantText, intervalText, timeText } from './time-text.js';

/**
 * A value as text, whole and exact: apache-arrow itself gives times in milliseconds and decimals without their scale.
 *
 * @returns null for NULL
 */
export function cellText(data: Data, index: number): string | null {
  if (!data.getValid(index) || DataType.isNull(data.type)) {
    return null;
  }
  const { type } = data;
  if (DataType.isDictionary(type)) {
    return itemText(data.dictionary!.data, Number(data.values[index]));
  }
  return temporalText(data, index) ?? nestedText(data, index) ?? plainText(data, index);
}

/** The text of an item of chunks. */
function itemText(chunks: readonly Data[], index: number): string | null {
  let at = index;
  for (const chunk of chunks) {
    if (at < chunk.length) {
      return cellText(chunk, at);
    }
    at -= chunk.length;
  }
  throw new RangeError('There is no such item.');
}

function plainText(data: Data, index: number): string {
  const { type } = data;
  if (DataType.isDecimal(type)) {
    const words = (data.values as Uint32Array).subarray(index * data.stride, (index + 1) * data.stride);
    return decimalText(words, type.scale);
  }
  const value: unknown = new Vector([data]).get(index);
  if (value instanceof Uint8Array) {
    return hexText(value);
  }
  if (DataType.isFloat(type) && type.precision === Precision.SINGLE) {
    return singleText(value as number);
  }
  return typeof value === 'number' ? plainNumber(value) : String(value);
}

function temporalText({ type, values }: Data, index: number): string | undefined {
  const number = (): bigint => BigInt(values[index] as number | bigint);
  if (DataType.isTimestamp(type)) {
    return instantText(number(), DIGITS[type.unit], type.timezone);
  }
  if (DataType.isDate(type)) {
    // In days as 32 bits, or in milliseconds as 64.
    return dateText(values instanceof Int32Array ? number() * DAY_MS : number());
  }
  if (DataType.isTime(type)) {
    return timeText(number(), DIGITS[type.unit]);
  }
  if (DataType.isDuration(type)) {
    return durationText(number(), DIGITS[type.unit]);
  }
  if (DataType.isInterval(type)) {
    const words = type.unit === IntervalUnit.YEAR_MONTH ? 1 : type.unit === IntervalUnit.DAY_TIME ? 2 : 4;
    return intervalText((values as Int32Array).slice(index * words, (index + 1) * words));
  }
  return undefined;
}

const DAY_MS = 86_400_000n;

/** Decimal digits of the unit behind the second. */
const DIGITS: Record<TimeUnit, number> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9
};

/** Lists, structures and maps in the notation of JSON, with values that JSON cannot hold as they are. */
function nestedText(data: Data, index: number): string | undefined {
  const { type, children } = data;
  if (DataType.isStruct(type)) {
    const fields = type.children.map(
      ({ name }, i) => `${JSON.stringify(name)}: ${within(children[i]!, index)}`
    );
    return `{${fields.join(', ')}}`;
  }
  const range = rangeOf(data, index);
  if (!range) {
    return undefined;
  }
  const items = Array.from({ length: range.end - range.start }, (_, i) => range.start + i);
  if (DataType.isMap(type)) {
    const [keys, values] = children[0]!.children as [Data, Data];
    return `{${items.map(at => `${within(keys, at)}: ${within(values, at)}`).join(', ')}}`;
  }
  return `[${items.map(at => within(children[0]!, at)).join(', ')}]`;
}

/** Which items of its child belong to a list or a map; undefined for what is none. */
function rangeOf(
  { type, valueOffsets, stride }: Data,
  index: number
): { start: number; end: number } | undefined {
  if (DataType.isFixedSizeList(type)) {
    return { start: index * stride, end: (index + 1) * stride };
  }
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)
    ? { start: Number(valueOffsets[index]), end: Number(valueOffsets[index + 1]) }
    : undefined;
}

/** A value inside another one: text in quotes, so that it can be told from what is around it. */
function within(data: Data, index: number): string {
  const text = cellText(data, index);
  return text === null ? 'null' : isQuoted(data.type) ? JSON.stringify(text) : text;
}

function isQuoted(type: DataType): boolean {
  const inner = DataType.isDictionary(type) ? type.dictionary : type;
  return !(
    DataType.isInt(inner) ||
    DataType.isFloat(inner) ||
    DataType.isDecimal(inner) ||
    DataType.isBool(inner) ||
    DataType.isStruct(inner) ||
    DataType.isMap(inner) ||
    DataType.isList(inner) ||
    DataType.isLargeList(inner) ||
    DataType.isFixedSizeList(inner)
  );
}

/** A whole number of any width, low word first, in two's complement, with its point set. */
function decimalText(words: Uint32Array, scale: number): string {
  const unsigned = words.reduceRight((number, word) => (number << 32n) | BigInt(word), 0n);
  const number = BigInt.asIntN(words.length * 32, unsigned);
  if (scale <= 0) {
    return String(number * 10n ** BigInt(-scale));
  }
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  return `${number < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** As few digits as name this number of single precision: 0.1, not 0.10000000149011612. */
function singleText(number: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(number.toPrecision(digits));
    if (Object.is(Math.fround(short), number)) {
      return plainNumber(short);
    }
  }
  return plainNumber(number);
}

function plainNumber(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

function hexText(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')}`;
}
