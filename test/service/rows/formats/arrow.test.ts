import {
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Table,
  tableToIPC,
  vectorFromArray,
  Dictionary,
  Field,
  Float64,
  List,
  Int32,
  TimestampMillisecond,
  Utf8
} from 'apache-arrow';

import { readArrow } from '../../../../src/service/rows/formats/arrow.js';
import { UnreadableFile } from '../../../../src/service/rows/formats/unreadable.js';
import { Bytes } from './bytes.js';

const batch = (rows: number) =>
  new Table({
    id: vectorFromArray(Int32Array.from({ length: rows }, (_, i) => i)),
    name: vectorFromArray(Array<string>(rows).fill('n'), new Utf8())
  });
const joined = (tables: Table[]) =>
  new Table(
    tables[0]!.schema,
    tables.flatMap(table => table.batches.map(({ data }) => new RecordBatch(tables[0]!.schema, data)))
  );
const batches = joined([batch(1000), batch(0), batch(234)]);

describe.each([
  ['file', (table: Table) => RecordBatchFileWriter.writeAll(table)],
  ['stream', (table: Table) => RecordBatchStreamWriter.writeAll(table)]
] as const)('an Arrow %s', (kind, write) => {
  test('is counted by the metadata of its batches', async () => {
    const bytes = await write(batches).toUint8Array();
    const file = new Bytes(bytes);
    const statistics = await readArrow(file);
    expect(statistics.rows).toBe(1234);
    expect(statistics.columns).toEqual([
      { name: 'id', type: 'int32' },
      { name: 'name', type: 'string' }
    ]);
  });

  test('of many batches is not read whole', async () => {
    const many = joined(Array.from({ length: 20 }, () => batch(20_000)));
    const file = new Bytes(await write(many).toUint8Array());
    expect((await readArrow(file)).rows).toBe(400_000);
    const read = file.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
    expect(read).toBeLessThan(file.byteLength / 20);
  });

  test('of no rows has columns', async () => {
    const bytes = tableToIPC(batch(0), kind);
    expect(await readArrow(new Bytes(bytes))).toMatchObject({
      rows: 0,
      columns: [{ name: 'id' }, { name: 'name' }]
    });
  });

  test('names a dictionary by its values and a time by its zone', async () => {
    const table = new Table({
      d: vectorFromArray(['a', 'b', 'a'], new Dictionary(new Utf8(), new Int32())),
      t: vectorFromArray(
        [1, 2, 3].map(n => new Date(n)),
        new TimestampMillisecond('UTC')
      ),
      l: vectorFromArray([[1], [], null], new List(new Field('item', new Float64())))
    });
    const { columns } = await readArrow(new Bytes(tableToIPC(table, kind)));
    expect(columns.map(column => column.type)).toEqual(['string', 'timestamp[ms, utc]', 'list<double>']);
  });

  test('that was cut off is named', async () => {
    const bytes = await write(batches).toUint8Array();
    for (const length of [0, 5, 100, 1000, bytes.length - 20]) {
      const failure = await readArrow(new Bytes(bytes.subarray(0, length))).catch((error: unknown) => error);
      if (kind === 'file' || length < 1000) {
        expect(failure).toBeInstanceOf(UnreadableFile);
      }
    }
  });

  test('with any byte changed is counted or named, and nothing else happens', async () => {
    const whole = tableToIPC(batch(3), kind);
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      const outcome = await readArrow(new Bytes(bytes)).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(UnreadableFile);
      }
    }
  });
});

test('Feather version 1 and files that are no Arrow say so', async () => {
  const reason = (text: string) => readArrow(new Bytes(text)).catch((error: Error) => error.message);
  expect(await reason('FEA1 and what follows FEA1')).toMatch(/Feather version 1/);
  expect(await reason('a,b\n1,2\n1,2\n')).toMatch(/is no Arrow/);
});
