import { folderOf, linesOf } from '../../../src/lab/changes/grouping';
import type { Diff } from '../../../src/protocol/lakefs';

const change = (path: string): Diff => ({ type: 'added', path, path_type: 'object' });
const names = (paths: string[], folded: string[] = []): string[] =>
  linesOf(paths.map(change), new Set(folded)).map(line =>
    line.kind === 'folder' ? `${line.path} (${line.count})` : `${'  '.repeat(line.depth)}${line.name}`
  );

test.each([
  ['a.csv', ''],
  ['reviews/a.parquet', 'reviews/'],
  ['x/reviews/a.parquet', 'x/reviews/'],
  ['reviews/year=2020/month=1/a.parquet', 'reviews/'],
  ['year=2020/a.parquet', '']
])('%s belongs to the data set %j', (path, folder) => {
  expect(folderOf(path)).toBe(folder);
});

test('partitions are shown under their data set, with the rest of the path as name', () => {
  expect(names(['reviews/year=1/a.parquet', 'reviews/year=2/b.parquet', 'top.txt'])).toEqual([
    'reviews/ (2)',
    '    year=1/a.parquet',
    '    year=2/b.parquet',
    '  top.txt'
  ]);
});

test('a folded folder keeps its number and hides its changes', () => {
  expect(names(['a/1', 'a/2', 'b/3'], ['a/'])).toEqual(['a/ (2)', 'b/ (1)', '    3']);
});
