import { nullTranslator } from '@jupyterlab/translation';
import type { DataSetComparison } from '../../../src/protocol/databranch';
import { findingOf } from '../../../src/lab/rows/findings';
import { duplicates } from '../fake-rows';
import { comparison } from '../fake-data';

const trans = nullTranslator.load('');
const find = (...all: Partial<DataSetComparison>[]): string | undefined =>
  findingOf(all.map(comparison), trans)?.title;

const EQUAL = { verdict: 'equal', right_rows: 486_000 } as const;
const GROWN = { verdict: 'changed', right_rows: 486_010 } as const;
const SHRUNK = { verdict: 'changed', right_rows: 485_000 } as const;
const NEW = { verdict: 'added', left_rows: null, right_rows: 7 } as const;
const GONE = { verdict: 'removed', right_rows: null } as const;
const UNKNOWN = { verdict: 'unknown', right_rows: null } as const;

test('duplicates are the first thing to tell', () => {
  expect(find(EQUAL, SHRUNK, {}, UNKNOWN)).toBe('Merging would add 486,000 duplicate rows.');
});

test('lost rows come before what is unknown, and removed data sets count as lost', () => {
  expect(find(UNKNOWN, SHRUNK)).toBe('Merging would remove 1,000 rows.');
  expect(find(GONE)).toBe('Merging would remove 486,000 rows.');
});

test('what could not be compared is never passed over for growth', () => {
  expect(find(UNKNOWN, GROWN)).toBe('1 data set could not be compared.');
});

test('columns that are not the same are told before what became of the rows', () => {
  const retyped = { column: 'a', change: 'retyped', left_type: 'int32', right_type: 'string' } as const;
  const columns = { ...GROWN, right_rows: 486_000, schema_changes: [retyped] };
  expect(find(GROWN, columns)).toBe('Merging would change columns.');
  expect(find(SHRUNK, columns)).toBe('Merging would remove 1,000 rows.');
});

test('duplicates that were found by looking are told before growth', () => {
  const found = duplicates({ added_duplicate_rows: 50, message: '50 of 250 rows are copies of others' });
  const finding = findingOf([comparison(GROWN)], trans, { duplicates: found });
  expect(finding).toMatchObject({ tone: 'warn', title: 'Merging would add 50 duplicate rows.' });
  expect(finding?.detail).toBe('reviews/: 50 of 250 rows are copies of others.');
  const none = duplicates({ added_duplicate_rows: 0 });
  expect(findingOf([comparison(GROWN)], trans, { duplicates: none })?.title).toBe('10 new rows.');
});

test('growth is told with its sum', () => {
  expect(find(GROWN, NEW, EQUAL)).toBe('17 new rows.');
});

test('equal sides are said to be equal, and without data sets nothing is said', () => {
  expect(find(EQUAL, EQUAL)).toBe('Nothing happened to the rows.');
  expect(find(EQUAL, { ...EQUAL, basis: 'fingerprint' })).toBe(
    'The rows are the same on both sides, the files are not.'
  );
  expect(find()).toBeUndefined();
});

test('rows that are not committed are not said to be merged as they are', () => {
  const finding = findingOf([comparison()], trans, { isCommitted: false });
  expect(finding?.title).toBe('Committed and merged, this would add 486,000 duplicate rows.');
  expect(finding?.tone).toBe('warn');
  expect(finding?.basis).toBe('Certain: same file contents.');
});
