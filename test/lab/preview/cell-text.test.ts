import type { Data } from 'apache-arrow';
import {
  Binary,
  Bool,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMillisecond,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  IntervalMonthDayNano,
  List,
  makeData,
  Map_,
  Null,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint64,
  Utf8,
  vectorFromArray
} from 'apache-arrow';
import { cellText } from '../../../src/lab/preview/table/cell-text';

function texts(data: Data): (string | null)[] {
  return Array.from({ length: data.length }, (_, index) => cellText(data, index));
}

function instants(zone: string | null, ...microseconds: bigint[]): (string | null)[] {
  const data = BigInt64Array.from(microseconds);
  return texts(makeData({ type: new TimestampMicrosecond(zone), data, length: data.length }));
}

const at = (text: string, microseconds = 0): bigint =>
  BigInt(Date.parse(text)) * 1000n + BigInt(microseconds);

test('whole numbers keep all their digits', () => {
  const data = BigInt64Array.of(9007199254740993n, -9223372036854775808n);
  expect(texts(makeData({ type: new Int64(), data }))).toEqual(['9007199254740993', '-9223372036854775808']);
  expect(texts(makeData({ type: new Uint64(), data: BigUint64Array.of(2n ** 64n - 1n) }))).toEqual([
    '18446744073709551615'
  ]);
});

test('decimals have their point where it belongs', () => {
  const words = (number: bigint): number[] =>
    [0n, 32n, 64n, 96n].map(bits => Number((BigInt.asUintN(128, number) >> bits) & 0xffffffffn));
  const of = (scale: number, ...numbers: bigint[]): (string | null)[] =>
    texts(
      makeData({
        type: new Decimal(scale, 38, 128),
        data: Uint32Array.from(numbers.flatMap(words)),
        length: numbers.length
      })
    );
  expect(of(2, 123456789012345678910n, -5n, 0n)).toEqual(['1234567890123456789.10', '-0.05', '0.00']);
  expect(of(0, -7n)).toEqual(['-7']);
  expect(of(-3, 12n)).toEqual(['12000']);
});

test('floats of single precision have no digits that nobody wrote', () => {
  const numbers = [0.1, -0, 16777216, 1e-45, NaN, -Infinity, 3.4028235e38];
  expect(texts(makeData({ type: new Float32(), data: Float32Array.from(numbers) }))).toEqual([
    '0.1',
    '-0',
    '16777216',
    '1e-45',
    'NaN',
    '-Infinity',
    '3.4028235e+38'
  ]);
  expect(texts(makeData({ type: new Float64(), data: Float64Array.of(0.1, -0) }))).toEqual(['0.1', '-0']);
});

test('a time without a zone is as it was written, to the last digit, in any year', () => {
  expect(
    instants(
      null,
      at('2024-02-29T12:00:00Z', 123450),
      -1n,
      at('9999-12-31T23:59:59Z', 999999),
      at('0001-01-01')
    )
  ).toEqual([
    '2024-02-29 12:00:00.12345',
    '1969-12-31 23:59:59.999999',
    '9999-12-31 23:59:59.999999',
    '0001-01-01 00:00:00'
  ]);
  const type = new TimestampNanosecond(null);
  expect(texts(makeData({ type, data: BigInt64Array.of(1n) }))).toEqual(['1970-01-01 00:00:00.000000001']);
  const far = makeData({ type: new TimestampSecond(null), data: BigInt64Array.of(2n ** 62n) });
  expect(texts(far)).toEqual([expect.stringMatching(/^day \d+ \d\d:\d\d:\d\d$/)]);
});

test('a time with a zone is as the clocks there show it', () => {
  expect(instants('UTC', at('2024-02-29T12:00:00Z'))).toEqual(['2024-02-29 12:00:00Z']);
  expect(instants('Europe/Berlin', at('2024-03-31T00:59:59Z', 5), at('2024-03-31T01:00:00Z'))).toEqual([
    '2024-03-31 01:59:59.000005+01:00',
    '2024-03-31 03:00:00+02:00'
  ]);
  expect(instants('America/New_York', at('2024-03-01T03:00:00Z'), at('2024-01-01T00:00:00Z'))).toEqual([
    '2024-02-29 22:00:00-05:00',
    '2023-12-31 19:00:00-05:00'
  ]);
  expect(instants('Pacific/Kiritimati', at('2024-01-31T12:00:00Z'))).toEqual(['2024-02-01 02:00:00+14:00']);
  expect(instants('+05:30', at('2024-01-01T20:00:00Z'))).toEqual(['2024-01-02 01:30:00+05:30']);
  expect(instants('Nowhere/At_All', at('2024-01-01T20:00:00Z'))).toEqual(['2024-01-01 20:00:00Z']);
});

test('dates, times of the day, durations, intervals', () => {
  expect(texts(makeData({ type: new DateDay(), data: Int32Array.of(19782, -1, -719162) }))).toEqual([
    '2024-02-29',
    '1969-12-31',
    '0001-01-01'
  ]);
  expect(texts(makeData({ type: new DateMillisecond(), data: BigInt64Array.of(86_400_000n) }))).toEqual([
    '1970-01-02'
  ]);
  expect(texts(makeData({ type: new TimeMicrosecond(), data: BigInt64Array.of(3_723_000_004n) }))).toEqual([
    '01:02:03.000004'
  ]);
  expect(texts(makeData({ type: new DurationMillisecond(), data: BigInt64Array.of(-1500n) }))).toEqual([
    '-1500 ms'
  ]);
  const interval = makeData({
    type: new IntervalMonthDayNano(),
    data: Int32Array.of(1, 2, -3, -1),
    length: 1
  });
  expect(texts(interval)).toEqual(['1 months 2 days -3 ns']);
});

test('NULL is none of the values, and an empty text is one', () => {
  expect(texts(vectorFromArray(['', null, 'NULL'], new Utf8()).data[0]!)).toEqual(['', null, 'NULL']);
  expect(texts(vectorFromArray([true, null, false], new Bool()).data[0]!)).toEqual(['true', null, 'false']);
  expect(texts(makeData({ type: new Null(), length: 1 }))).toEqual([null]);
});

test('bytes are shown in hex', () => {
  const data = vectorFromArray([Uint8Array.of(0, 255), Uint8Array.of(), null], new Binary()).data[0]!;
  expect(texts(data)).toEqual(['0x00ff', '0x', null]);
});

test('values inside values keep what tells them apart', () => {
  const words = new List(new Field('item', new Utf8(), true));
  expect(texts(vectorFromArray([['a, "b"', null, ''], [], null], words).data[0]!)).toEqual([
    '["a, \\"b\\"", null, ""]',
    '[]',
    null
  ]);
  const pair = new FixedSizeList(2, new Field('item', new Int32(), true));
  expect(
    texts(
      vectorFromArray(
        [
          [1, 2],
          [3, 4]
        ],
        pair
      ).data[0]!
    )
  ).toEqual(['[1, 2]', '[3, 4]']);
  const place = new Struct([
    new Field('city', new Utf8(), true),
    new Field('at', new TimestampMicrosecond('UTC'), true)
  ]);
  const struct = vectorFromArray([{ city: 'Bonn', at: 0 }, null], place).data[0]!;
  expect(texts(struct)).toEqual(['{"city": "Bonn", "at": "1970-01-01 00:00:00Z"}', null]);
  const entry = new Struct([new Field('key', new Utf8()), new Field('value', new Int64(), true)]);
  const map = new Map_(new Field('entries', entry as never));
  expect(texts(vectorFromArray([new Map([['k', 2n ** 60n]])], map as never).data[0]!)).toEqual([
    '{"k": 1152921504606846976}'
  ]);
});

test('a word of a dictionary is itself', () => {
  const data = vectorFromArray(['b', null, 'a', 'b'], new Dictionary(new Utf8(), new Int32())).data[0]!;
  expect(texts(data)).toEqual(['b', null, 'a', 'b']);
});
