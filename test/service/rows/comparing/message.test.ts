import { finding, type Details } from '../../../../src/service/rows/comparing/finding.js';
import { sentence } from '../../../../src/service/rows/comparing/message.js';

const said = (
  found: ReturnType<typeof finding>,
  left: number | undefined,
  right: number | undefined,
  refs = ['main', 'test']
) => sentence(found, { left: { ref: refs[0]!, rows: left }, right: { ref: refs[1]!, rows: right } });
const changed = (details: Details, schemaChanges: ReturnType<typeof finding>['schemaChanges'] = []) =>
  finding('changed', 'count', { details, schemaChanges });
const retyped = {
  column: 'stars',
  change: 'retyped',
  left_type: 'int32',
  right_type: 'string'
} as const;

test('equal', () => {
  expect(said(finding('equal', 'files'), 486_000, 486_000)).toBe('486,000 rows, the same as on main');
  expect(said(finding('equal', 'files'), 1, 1)).toBe('1 row, the same as on main');
  expect(said(finding('equal', 'files'), undefined, undefined)).toBe('the same files as on main');
  const named = finding('equal', 'fingerprint', { details: { leftName: 'a.csv' } });
  expect(said(named, 5, 5)).toBe('5 rows, the same as a.csv on main');
  const moved = finding('equal', 'fingerprint', { details: { otherFiles: true } });
  expect(said(moved, 5, 5)).toBe('5 rows, the same as on main, in other files');
});

test('new files without rows are named, whatever became of the rows', () => {
  const empty = { path: 'a/b.parquet', files: 1 };
  expect(said(finding('equal', 'fingerprint', { details: { empty } }), 5, 5)).toBe(
    '5 rows, the same as on main; a/b.parquet has no rows'
  );
  expect(said(changed({ empty: { ...empty, files: 3 } }), 5, 6)).toBe(
    '6 rows, 1 more than main; a/b.parquet has no rows, and so have 2 more'
  );
});

test('added and removed', () => {
  expect(said(finding('added', 'count'), undefined, 486_000)).toBe('486,000 rows, not on main');
  expect(said(finding('removed', 'count'), 1, undefined)).toBe('1 row, on main but not on test');
  const broken = finding('added', 'count', { details: { reason: 'no file of it could be counted' } });
  expect(said(broken, undefined, undefined)).toBe(
    'not on main, and could not be counted: no file of it could be counted'
  );
});

test('repeated and deduplicated', () => {
  const times = (n: number) => finding('repeated', 'files', { times: n });
  expect(said(times(2), 486_000, 972_000)).toBe(
    '972,000 rows, 486,000 more than main: every row of main is here twice'
  );
  expect(said(times(3), 10, 30)).toBe('30 rows, 20 more than main: every row of main is here three times');
  expect(said(times(10), 1, 10)).toBe('10 rows, 9 more than main: every row of main is here ten times');
  expect(said(times(1200), 1, 1200)).toBe(
    '1,200 rows, 1,199 more than main: every row of main is here 1,200 times'
  );
  expect(said(times(2), undefined, undefined)).toBe('every row of main is here twice');
  expect(said(finding('deduplicated', 'files', { times: 2 }), 972_000, 486_000)).toBe(
    '486,000 rows, 486,000 fewer than main: every row that main has twice is here once'
  );
});

test('a CSV whose header line was read as data', () => {
  const details = { leftName: 'lakefs_test.csv', headerAsData: 'left' } as const;
  expect(said(finding('repeated', 'fingerprint', { times: 2, details }), 486_000, 972_002)).toBe(
    '972,002 rows, 486,002 more than lakefs_test.csv on main: every row of lakefs_test.csv is here twice, and its header line was read as data'
  );
  expect(said(changed({ ...details, sameRows: { times: 1, larger: 'right' } }), 5, 6)).toBe(
    '6 rows, 1 more than lakefs_test.csv on main: every row of lakefs_test.csv is here, and its header line was read as data'
  );
  expect(said(changed({ headerAsData: 'right', sameRows: { times: 1, larger: 'right' } }), 6, 5)).toBe(
    '5 rows, 1 fewer than main: every row of main is here, if the header line here is read as data'
  );
});

test('changed in rows', () => {
  expect(said(changed({}), 10, 11)).toBe('11 rows, 1 more than main');
  expect(said(changed({}), 10, 5)).toBe('5 rows, 5 fewer than main: half as many');
  expect(said(changed({}), 10, 0)).toBe('0 rows, 10 fewer than main');
  expect(said(changed({ compared: true }), 10, 10)).toBe(
    '10 rows, as many as on main: they are not the same rows'
  );
  expect(said(changed({}), 10, 10, ['main', 'main~1'])).toBe('10 rows, as many as on main');
});

test('changed in files', () => {
  expect(said(changed({ onlyAdded: 1 }), 10, 12)).toBe(
    '12 rows, 2 more than main: 1 file was added, the others are the same'
  );
  expect(said(changed({ onlyAdded: 2, addedAgain: true }), 10, 12)).toBe(
    '12 rows, 2 more than main: 2 files of main are here twice'
  );
  expect(said(changed({ onlyRemoved: 4 }), 8, 4)).toBe(
    '4 rows, 4 fewer than main: half of the rows are gone, 4 files were removed, the others are the same'
  );
});

test('changed in columns', () => {
  expect(said(changed({}, [retyped]), 10, 10)).toBe(
    '10 rows, as many as on main: column stars is string instead of int32'
  );
  expect(said(changed({ sameRows: { times: 2, larger: 'right' } }, [retyped]), 10, 20)).toBe(
    '20 rows, 10 more than main: every row of main is here twice, but column stars is string instead of int32'
  );
  const gone = { column: 'a', change: 'removed', left_type: 'int32', right_type: null } as const;
  const added = { column: 'b', change: 'added', left_type: null, right_type: 'int32' } as const;
  expect(said(changed({ onlyAdded: 1 }, [gone, added]), 10, 12)).toBe(
    '12 rows, 2 more than main: 1 file was added, the others are the same, and column a is gone, column b is new'
  );
  expect(said(changed({}, [gone, added, retyped, gone]), 10, 10)).toBe(
    '10 rows, as many as on main: 4 columns differ'
  );
});

test('not compared', () => {
  expect(
    said(finding('unknown', 'count', { details: { reason: 'it took longer than 120 seconds' } }), 9, 9)
  ).toBe('9 rows, as many as on main; they could not be compared: it took longer than 120 seconds');
  expect(said(changed({ reason: 'it took longer than 120 seconds' }), 9, 18)).toBe(
    '18 rows, 9 more than main; the rows could not be compared: it took longer than 120 seconds'
  );
  expect(said(finding('unknown', 'count', { details: { reason: 'a.csv has a quote' } }), 9, undefined)).toBe(
    'could not be counted, and so not be compared with main: a.csv has a quote'
  );
});
