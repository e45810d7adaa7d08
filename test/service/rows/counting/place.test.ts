import { kindOf } from '../../../../src/service/rows/formats/format.js';
import { isCounted, placeOf } from '../../../../src/service/rows/counting/place.js';

test.each([
  ['reviews/part-0.parquet', 'reviews/', ''],
  ['part-0.parquet', '', ''],
  ['reviews/year=2020/month=1/part-0.parquet', 'reviews/', 'year=2020/month=1/'],
  ['year=2020/part-0.parquet', '', 'year=2020/'],
  ['year=2020/raw/part-0.parquet', 'year=2020/raw/', ''],
  ['a/=x/p.csv', 'a/=x/', '']
])('%s belongs to the data set %j, partition %j', (path, dataSet, partition) => {
  expect(placeOf(path)).toEqual({ dataSet, partition });
});

test.each([
  ['reviews/part-0.parquet', true],
  ['reviews/_c0=US/part-0.parquet', true],
  ['reviews/_SUCCESS', false],
  ['reviews/_temporary/0/part-0.parquet', false],
  ['reviews/.part-0.parquet.crc', false],
  ['.ipynb_checkpoints/a.csv', false],
  ['reviews/', false]
])('%s counts: %s', (path, counts) => {
  expect(isCounted(path)).toBe(counts);
});

test.each([
  ['a.parquet', 'parquet'],
  ['a.snappy.parquet', 'parquet'],
  ['a.PQ', 'parquet'],
  ['df.parquet.gzip', 'parquet'],
  ['a.feather', 'arrow'],
  ['a.csv', 'csv'],
  ['a.csv.gz', 'csv'],
  ['a.tsv', 'tsv'],
  ['a.jsonl', 'json'],
  ['a.ndjson.gz', 'json'],
  ['a.arrow.gz', undefined],
  ['csv', undefined],
  ['a.csv/b', undefined],
  ['picture.png', undefined],
  ['a.gz', undefined]
])('%s is read as %s', (path, kind) => {
  expect(kindOf(path)).toBe(kind);
});

test('an ending that every JavaScript object has as a property is no format', () => {
  expect(['a.constructor', 'a.__proto__', 'a.toString', 'a.gz'].map(kindOf)).toEqual(
    Array<undefined>(4).fill(undefined)
  );
});
