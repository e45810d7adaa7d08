import type { DataFormat } from '../../../../src/protocol/databranch.js';
import type { CountedDataSet } from '../../../../src/service/rows/datasets/datasets.js';
import { pairsOf } from '../../../../src/service/rows/datasets/pairs.js';

const dataSet = (path: string, format: DataFormat = 'parquet', columns = 'a b'): CountedDataSet => ({
  path,
  folder: path,
  format,
  columns: columns.split(' ').map(name => ({ name, type: 'int32' })),
  rows: 1,
  bytes: 1,
  files: 1,
  uncounted: 0,
  shapes: new Set([columns]),
  alone: true
});
const asIs = { left: (path: string) => path, right: (path: string) => path };
const paired = (left: CountedDataSet[], right: CountedDataSet[], where = asIs) =>
  pairsOf(left, right, where).map(({ left, right }) =>
    [left, right].map(side => (side ? `${side.path}${side.format}` : '-')).join(' ~ ')
  );

test('data sets of one path are a pair', () => {
  expect(paired([dataSet('a/'), dataSet('b/')], [dataSet('b/'), dataSet('a/')])).toEqual([
    'a/parquet ~ a/parquet',
    'b/parquet ~ b/parquet'
  ]);
});

test('of several at one path those of one format are a pair, then those of the same columns', () => {
  expect(
    paired(
      [dataSet('a/', 'csv'), dataSet('a/', 'parquet', 'x y'), dataSet('a/')],
      [dataSet('a/'), dataSet('a/', 'parquet', 'x y'), dataSet('a/', 'csv')]
    )
  ).toEqual(['a/csv ~ a/csv', 'a/parquet ~ a/parquet', 'a/parquet ~ a/parquet']);
});

test('a folder whose columns all changed is compared with itself', () => {
  expect(
    paired([dataSet('a/', 'parquet', 'x y'), dataSet('b/')], [dataSet('a/'), dataSet('c/'), dataSet('d/')])
  ).toEqual(['a/parquet ~ a/parquet', 'b/parquet ~ -', '- ~ c/parquet', '- ~ d/parquet']);
});

test('a folder whose format changed is compared with itself', () => {
  expect(paired([dataSet('', 'csv'), dataSet('b/')], [dataSet(''), dataSet('c/'), dataSet('d/')])[0]).toBe(
    'csv ~ parquet'
  );
});

test('if exactly one is left over on each side, those two are a pair', () => {
  expect(paired([dataSet('', 'csv'), dataSet('a/')], [dataSet('a/'), dataSet('out/')])).toEqual([
    'a/parquet ~ a/parquet',
    'csv ~ out/parquet'
  ]);
  expect(paired([dataSet('x/')], [dataSet('y/'), dataSet('z/')])).toEqual([
    'x/parquet ~ -',
    '- ~ y/parquet',
    '- ~ z/parquet'
  ]);
});

test('below two different folders the paths in them count', () => {
  const where = {
    left: (path: string) => path.slice('l/'.length),
    right: (path: string) => path.slice('r/'.length)
  };
  expect(
    paired([dataSet('l/a/'), dataSet('l/b/'), dataSet('l/c/')], [dataSet('r/b/'), dataSet('r/a/')], where)
  ).toEqual(['l/c/parquet ~ -', 'l/a/parquet ~ r/a/parquet', 'l/b/parquet ~ r/b/parquet']);
});
