import { readFooter } from '../../../../src/service/rows/formats/parquet-footer.js';
import { readParquet } from '../../../../src/service/rows/formats/parquet.js';
import { Bytes } from './bytes.js';
import { DuckDb } from '../duckdb.js';

let duckdb: DuckDb;
beforeAll(async () => {
  duckdb = await DuckDb.open();
});
afterAll(() => duckdb.close());

/** The bytes of the FileMetaData of a whole file. */
function metadataOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  const end = bytes.length - 8;
  return bytes.subarray(end - bytes.readUInt32LE(end), end);
}

/** Everything that Parquet nests and annotates, in so many rows and row groups of 2,048. */
const written = (rows: number) =>
  duckdb.write(
    `SELECT range AS id, [range, NULL] AS list, {'a': 1, 'b': ['x']} AS struct, MAP {'k': 1.5::DOUBLE} AS map,
     TIMESTAMPTZ '2020-01-01' AS moment, 'x' || range AS text FROM range(${rows})`,
    'format parquet, row_group_size 2048'
  );

test.each([0, 1, 2_048, 10_000])('a footer tells that there are %d rows', async rows => {
  expect(readFooter(metadataOf(await written(rows)))?.rows).toBe(rows);
});

test('footers of files written alike have the same columns, whatever their rows', async () => {
  const [few, many, others] = [
    readFooter(metadataOf(await written(3))),
    readFooter(metadataOf(await written(10_000))),
    readFooter(metadataOf(await duckdb.write('SELECT 1::BIGINT AS id')))
  ];
  expect(many!.columns).toEqual(few!.columns);
  expect(others!.columns).not.toEqual(few!.columns);
});

test('a file whose footer is left to the complete reader is counted all the same', async () => {
  const file = Buffer.from(await written(10));
  const metadata = metadataOf(file);
  const known = await readParquet(new Bytes(file));
  // Field 9 (the key that signs a footer) behind the last one: only encrypted files have it.
  const longer = Buffer.concat([metadata.subarray(0, -1), Buffer.from([0x08, 18, 0x00, 0x00])]);
  expect(readFooter(longer)).toBeUndefined();
  const trailer = Buffer.alloc(8, 'xxxxPAR1');
  trailer.writeUInt32LE(longer.length);
  const start = file.length - 8 - metadata.length;
  const found = readParquet(new Bytes(Buffer.concat([file.subarray(0, start), longer, trailer])));
  expect(await found.catch((error: Error) => error.name)).toEqual(known);
});

test('a footer that is cut off, or has any byte changed, is refused or read, and nothing else happens', async () => {
  const metadata = metadataOf(await written(5_000));
  for (let at = 0; at < metadata.length; at++) {
    expect(readFooter(metadata.subarray(0, at))).toBeUndefined();
    for (const mask of [0xff, 0x01, 0x80]) {
      const changed = Buffer.from(metadata);
      changed[at] = changed[at]! ^ mask;
      const rows = readFooter(changed)?.rows;
      expect(rows === undefined || Number.isSafeInteger(rows)).toBe(true);
    }
  }
});
