import {
  Table as ArrowTable,
  tableFromArrays,
  tableToIPC,
  TimestampNanosecond,
  vectorFromArray
} from 'apache-arrow';
import { Compression, Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm/node';

import { readParquet } from '../../../../src/service/rows/formats/parquet.js';
import { UnreadableFile } from '../../../../src/service/rows/formats/unreadable.js';
import { Bytes } from './bytes.js';
import { DuckDb } from '../duckdb.js';

let duckdb: DuckDb;
beforeAll(async () => {
  duckdb = await DuckDb.open();
});
afterAll(() => duckdb.close());

describe('a Parquet file', () => {
  test.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])(
    'is counted by its footer, also with %s inside',
    async codec => {
      const bytes = await duckdb.write(
        'SELECT range AS id, repeat(range::VARCHAR, 20) AS text FROM range(5000)',
        `format parquet, compression ${codec}, row_group_size 3000`
      );
      const file = new Bytes(bytes);
      expect(await readParquet(file)).toEqual({
        rows: 5_000,
        columns: [
          { name: 'id', type: 'int64' },
          { name: 'text', type: 'string' }
        ]
      });
      expect(file.ranges).toEqual([[Math.max(0, bytes.length - 8 * 1024), bytes.length]]);
    }
  );

  test('names its columns by plain types', async () => {
    const bytes =
      await duckdb.write(`SELECT 1::TINYINT AS i8, 1::USMALLINT AS u16, 1::INTEGER AS i32, true AS b,
      1::FLOAT AS f, 1::DOUBLE AS d, 1::DECIMAL(12, 3) AS dec, 'x' AS s, 'x'::BLOB AS bin, DATE '2020-01-01' AS day,
      TIMESTAMP '2020-01-01' AS ts, TIMESTAMP_NS '2020-01-01' AS ns, TIMESTAMPTZ '2020-01-01' AS tz, TIME '10:00' AS t,
      [1, NULL] AS l, {'a': 1, 'b': ['x']} AS st, MAP {'k': 1.5::DOUBLE} AS m`);
    const { columns } = await readParquet(new Bytes(bytes));
    expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual({
      i8: 'int8',
      u16: 'uint16',
      i32: 'int32',
      b: 'bool',
      f: 'float',
      d: 'double',
      dec: 'decimal(12, 3)',
      s: 'string',
      bin: 'binary',
      day: 'date',
      ts: 'timestamp[us]',
      ns: 'timestamp[ns]',
      tz: 'timestamp[us, utc]',
      t: 'time[us]',
      l: 'list<int32>',
      st: 'struct<a: int32, b: list<string>>',
      m: 'map<string, double>'
    });
  });

  test('that another writer wrote is counted too', async () => {
    const table = Table.fromIPCStream(
      tableToIPC(tableFromArrays({ n: [1, 2, 3], s: ['a', 'b', 'a'] }), 'stream')
    );
    const properties = new WriterPropertiesBuilder().setCompression(Compression.ZSTD).build();
    const { rows, columns } = await readParquet(new Bytes(writeParquet(table, properties)));
    expect(rows).toBe(3);
    expect(columns).toEqual([
      { name: 'n', type: 'double' },
      { name: 's', type: 'string' }
    ]);
  });

  test('of Spark has instants where it says INT96, which has no zone', async () => {
    const times = new ArrowTable({ t: vectorFromArray([0, null], new TimestampNanosecond()) });
    const written = (metadata: Map<string, string>) => {
      const properties = new WriterPropertiesBuilder().setKeyValueMetadata(metadata).build();
      return writeParquet(Table.fromIPCStream(tableToIPC(times, 'stream')), properties);
    };
    const typeIn = async (bytes: Uint8Array) => (await readParquet(new Bytes(bytes))).columns[0]!.type;
    expect(await typeIn(written(new Map()))).toBe('timestamp[ns]');
    expect(await typeIn(written(new Map([['org.apache.spark.version', '4.3.0']])))).toBe(
      'timestamp[ns, utc]'
    );
  });

  test('of no rows has columns', async () => {
    const bytes = await duckdb.write('SELECT 1 AS a WHERE false');
    expect(await readParquet(new Bytes(bytes))).toEqual({ rows: 0, columns: [{ name: 'a', type: 'int32' }] });
  });

  test('with a footer longer than the first read is read with one more', async () => {
    const columns = Array.from({ length: 600 }, (_, i) => `range AS a_column_with_a_long_name_${i}`);
    const bytes = await duckdb.write(`SELECT ${columns.join(', ')} FROM range(10)`);
    const file = new Bytes(bytes);
    const statistics = await readParquet(file);
    expect(statistics.rows).toBe(10);
    expect(statistics.columns).toHaveLength(600);
    expect(file.ranges).toHaveLength(2);
  });
});

describe('a broken Parquet file', () => {
  const reason = async (bytes: Uint8Array): Promise<string> => {
    const failure = await readParquet(new Bytes(bytes)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFile);
    return (failure as Error).message;
  };

  test('says what is wrong with it', async () => {
    const whole = await duckdb.write('SELECT range AS a FROM range(100)');
    const encrypted = Buffer.from(whole);
    encrypted.write('PARE', encrypted.length - 4);
    const longFooter = Buffer.from(whole);
    longFooter.writeUInt32LE(0x7fffffff, longFooter.length - 8);

    expect(await reason(Buffer.alloc(0))).toMatch(/is empty/);
    expect(await reason(Buffer.from('PAR1'))).toMatch(/does not end as a Parquet file does/);
    expect(await reason(whole.subarray(0, whole.length - 20))).toMatch(/cut off/);
    expect(await reason(Buffer.from('a,b\n1,2\n'))).toMatch(/is something else/);
    expect(await reason(encrypted)).toMatch(/is encrypted/);
    expect(await reason(longFooter)).toMatch(/footer of 2147483647 bytes/);
  });

  test('that DuckDB encrypted is refused as encrypted', async () => {
    // It may write so only when told; a test's key guards nothing.
    await duckdb.run(`SET force_mbedtls_unsafe = 'true'`);
    await duckdb.run(`PRAGMA add_parquet_key('key', '0123456789112345')`);
    const bytes = await duckdb.write(
      'SELECT 1 AS a',
      "format parquet, encryption_config {footer_key: 'key'}"
    );
    expect(await reason(bytes)).toMatch(/is encrypted/);
  });

  test('with any byte of its footer changed is counted or named, and nothing else happens', async () => {
    const whole = await duckdb.write(`SELECT range AS a, 'x' AS b, [1.5] AS c FROM range(10)`);
    for (let at = Math.max(4, whole.length - 900); at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      const outcome = await readParquet(new Bytes(bytes)).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(UnreadableFile);
      }
    }
  });
});
