import fc from 'fast-check';

import type { RowDiffResult } from '../../../../src/protocol/databranch.js';
import type { DeletionVector } from '../../../../src/service/rows/delta/actions.js';
import type { DuckDb } from '../duckdb.js';
import { Fixture } from '../fixture.js';
import type { Lake } from '../lake.js';
import { actions, commitFile } from './table-log.js';
import { inline, relative, serialized, vectorFile, WRITTEN_BY_DELTA } from './vectors.js';

const UUID = 'd2c639aa-8816-431a-aaf6-d3fe2512ff61';
const VECTORS = `deletion_vector_${UUID}.bin`;

let fixture: Fixture;
let duckdb: DuckDb;
let lake: Lake;
let whole: Buffer;
/** A branch of its own for each test. */
let branch: string;

const rows = (from: number, to: number) =>
  `SELECT range AS id, CASE WHEN range = 7 THEN NULL ELSE 'name ' || range // 2 END AS name FROM range(${from}, ${to})`;
const add = (path: string, deletionVector?: DeletionVector) => ({ add: { path, deletionVector } });
const remove = (path: string, deletionVector?: DeletionVector) => ({ remove: { path, deletionVector } });

beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  lake = await fixture.openLake();
  whole = await duckdb.write(rows(0, 20));
  await lake.commit('main', {
    't/part-0.parquet': whole,
    't/part-1.parquet': await duckdb.write(rows(20, 30)),
    [commitFile(0)]: actions(add('part-0.parquet'), add('part-1.parquet'))
  });
});
afterAll(() => fixture.close());
beforeEach(async () => {
  branch = await lake.branchForTest();
});

/** A vector in a file of several; the file is put onto a branch. */
async function inFile(deleted: number[], more: Partial<DeletionVector> = {}, path = `t/${VECTORS}`) {
  const vector = serialized(deleted, () => 'runs');
  const { bytes, offsets } = vectorFile([serialized([0, 1]), vector]);
  await lake.put(branch, path, bytes);
  return {
    storageType: 'u',
    pathOrInlineDv: relative(UUID),
    offset: offsets[1]!,
    sizeInBytes: vector.length,
    cardinality: deleted.length,
    ...more
  };
}
/** Deletes rows of the table's first file. */
async function deleteBy(deletionVector: DeletionVector, version = 1): Promise<void> {
  const log = actions(remove('part-0.parquet'), add('part-0.parquet', deletionVector));
  await lake.put(branch, commitFile(version), log);
}
const diff = (left: string, right: string): Promise<RowDiffResult> =>
  lake.rows.diff('lake', left, right, { path: 't/', keys: [], amount: 100 });
/** The ids of the rows that a branch has no more, and of those that it has newly. */
async function differing(left = 'main', right = branch) {
  const { results } = await diff(left, right);
  const ids = (side: 'left' | 'right') =>
    results.flatMap(row => (row[side] ? [Number(row[side]![0])] : [])).sort((a, b) => a - b);
  return { removed: ids('left'), added: ids('right') };
}

describe('rows that are deleted are left out', () => {
  const deleted = [0, 3, 4, 19];

  test.each<[string, () => Promise<DeletionVector> | DeletionVector]>([
    ['in the log', () => inline(deleted)],
    ['in a file of several', () => inFile(deleted)],
    [
      'in a folder of its own',
      () => inFile(deleted, { pathOrInlineDv: `ab${relative(UUID)}` }, `t/ab/${VECTORS}`)
    ],
    [
      'at an address in the table',
      () => inFile(deleted, { storageType: 'p', pathOrInlineDv: `s3a://lake/main/t/${VECTORS}` })
    ]
  ])('by a vector %s', async (_, vector) => {
    await deleteBy(await vector());
    expect(await differing()).toEqual({ removed: deleted, added: [] });
    expect(await differing(branch, 'main')).toEqual({ removed: [], added: deleted });
    const { columns, left_rows, right_rows } = await lake.rows.columns('lake', 'main', branch, {
      path: 't/',
      files: 'all'
    });
    expect({ left_rows, right_rows }).toEqual({ left_rows: 30, right_rows: 26 });
    expect(columns[0]).toMatchObject({
      left: { min: '0', max: '29', mean: 14.5 },
      right: { min: '1', max: '29', mean: (14.5 * 30 - 26) / 26 }
    });
  });

  test('as many and as those that Delta Lake left out', async () => {
    const [, { file, bytes, deletionVector }] = WRITTEN_BY_DELTA as [unknown, (typeof WRITTEN_BY_DELTA)[0]];
    await lake.commit(branch, {
      't/part-0.parquet': await duckdb.write('SELECT range AS id FROM range(200000)'),
      't/part-1.parquet': null,
      [`t/${file}`]: bytes,
      [commitFile(1)]: actions(
        remove('part-0.parquet'),
        remove('part-1.parquet'),
        add('part-0.parquet', deletionVector)
      )
    });
    const { right_rows, columns } = await lake.rows.columns('lake', branch, branch, {
      path: 't/',
      files: 'all'
    });
    // As Spark, delta-rs and Polars say of the same table.
    expect(right_rows).toBe(127_229);
    expect(columns[0]!.right.mean).toBeCloseTo(14_049_340_924 / 127_229, 6);
  });

  test('whichever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(19), { maxLength: 19 }), async deleted => {
        deleted.sort((a, b) => a - b);
        await deleteBy(deleted.length % 2 ? inline(deleted) : await inFile(deleted));
        expect(await differing()).toEqual({ removed: deleted, added: [] });
      }),
      { numRuns: 15 }
    );
  });

  test('of a partition, and of one file that is asked for', async () => {
    await lake.commit(branch, {
      't/day=1/part-2.parquet': whole,
      't/day=2/part-3.parquet': whole,
      [commitFile(1)]: actions(add('day=1/part-2.parquet', inline([1, 2])), add('day=2/part-3.parquet'))
    });
    const rowsAt = async (path: string) => (await lake.count(branch, path)).rows;
    expect(await rowsAt('t/day=1/')).toBe(18);
    expect(await rowsAt('t/day=1/part-2.parquet')).toBe(18);
    expect(await rowsAt('t/day=2/part-3.parquet')).toBe(20);
    expect((await lake.rows.duplicates('lake', branch, { path: 't/', keys: ['id'] })).datasets).toMatchObject(
      [
        {
          rows: 68,
          duplicate_rows: 38,
          identical_files: [{ paths: ['t/day=2/part-3.parquet', 't/part-0.parquet'] }]
        }
      ]
    );
  });
});

describe('a file with other rows deleted holds other rows', () => {
  let other: string;
  beforeEach(async () => {
    other = `${branch}-other`;
    await lake.branch(other);
  });
  /** Deletes rows on the other branch. */
  const deleteThere = async (vector: () => Promise<DeletionVector> | DeletionVector) => {
    const here = branch;
    branch = other;
    await deleteBy(await vector());
    branch = here;
  };

  test('although as many are left', async () => {
    await deleteBy(inline([1, 2]));
    await deleteThere(() => inline([2, 3]));
    expect(await lake.compareOne(other, branch)).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
    expect(await differing(other)).toEqual({ removed: [1], added: [3] });
    const [part] = (await lake.compare(other, branch, { path: 't/', by: 'file' })).datasets;
    expect(part).toMatchObject({
      path: 't/part-0.parquet',
      verdict: 'changed',
      left_rows: 18,
      right_rows: 18
    });
  });

  test('although a file of vectors has the same name', async () => {
    await deleteBy(await inFile([1, 2]));
    await deleteThere(() => inFile([2, 3]));
    expect(await lake.compareOne(other, branch)).toMatchObject({ verdict: 'changed' });
    expect(await differing(other)).toEqual({ removed: [1], added: [3] });
  });

  test('although its content is there twice', async () => {
    const log = (one: DeletionVector, two: DeletionVector) =>
      actions(add('a.parquet', one), add('b.parquet', two));
    for (const each of [branch, other]) {
      await lake.commit(each, { 't/a.parquet': whole, 't/b.parquet': whole });
    }
    await lake.put(branch, commitFile(1), log(inline([1]), await inFile([2])));
    await lake.put(other, commitFile(1), log(inline([3]), inline([2])));
    expect(await lake.compareOne(other, branch)).toMatchObject({ verdict: 'changed', basis: 'fingerprint' });
  });

  test('and the same rows where another vector deletes the same ones, or the file was written without them', async () => {
    await deleteBy(inline([1, 2]));
    await deleteThere(() => inFile([1, 2]));
    const equal = { verdict: 'equal', basis: 'fingerprint' };
    expect(await lake.compareOne(other, branch)).toMatchObject(equal);
    expect(await differing(other)).toEqual({ removed: [], added: [] });
    await lake.put(other, 't/new.parquet', await duckdb.write(`${rows(0, 20)} WHERE range NOT IN (1, 2)`));
    await lake.put(other, commitFile(1), actions(remove('part-0.parquet'), add('new.parquet')));
    expect(await lake.compareOne(other, branch)).toMatchObject(equal);
  });

  test('whatever was found out before of the same content', async () => {
    const found = async () => {
      const { datasets } = await lake.rows.duplicates('lake', branch, { path: 't/', keys: ['name'] });
      return datasets[0]!.duplicate_rows;
    };
    expect(await found()).toBe(14);
    await lake.rows.idle();
    await deleteBy(inline([0, 2, 7]));
    expect(await found()).toBe(12);
    await deleteBy(inline([0, 1, 7]));
    expect(await found()).toBe(13);
    expect(await lake.compareOne(other, branch)).toMatchObject({ verdict: 'changed' });
    await deleteBy(inline([]));
    expect(await lake.compareOne(other, branch)).toMatchObject({ verdict: 'equal' });
    expect(await found()).toBe(14);
  });

  test('and a table that is there twice is, with the same rows deleted', async () => {
    await deleteBy(inline([1, 2]));
    await lake.commit(branch, { 't/a.parquet': whole, 't/b.parquet': await duckdb.write(rows(20, 30)) });
    await lake.branch(`${branch}-twice`, branch);
    const twice = (vector: DeletionVector) =>
      lake.put(`${branch}-twice`, commitFile(2), actions(add('a.parquet', vector), add('b.parquet')));
    await twice(inline([1, 2]));
    const repeated = { verdict: 'repeated', times: 2 };
    expect(await lake.compareOne(branch, `${branch}-twice`)).toMatchObject({ ...repeated, basis: 'files' });
    await twice(await inFile([1, 2], {}, `t/${VECTORS}`));
    await lake.put(
      `${branch}-twice`,
      `t/${VECTORS}`,
      vectorFile([serialized([0, 1]), serialized([1, 2], () => 'runs')]).bytes
    );
    expect(await lake.compareOne(branch, `${branch}-twice`)).toMatchObject({
      ...repeated,
      basis: 'fingerprint'
    });
    await twice(inline([1, 3]));
    expect(await lake.compareOne(branch, `${branch}-twice`)).toMatchObject({ verdict: 'changed' });
  });
});

const at = (pathOrInlineDv: string) => () => ({ storageType: 'p', pathOrInlineDv });

describe('a vector that cannot be had leaves the rows counted, and not compared', () => {
  test.each<[string, (sound: DeletionVector) => Partial<DeletionVector> | Promise<unknown>, string]>([
    ['outside of the table', at('s3a://lake/main/u/x.bin'), 'names a deletion vector outside of the table'],
    ['in another repository', at('s3a://pond/main/t/x.bin'), 'names a deletion vector outside of the table'],
    ['that is missing', () => lake.delete(branch, `t/${VECTORS}`), 'is missing'],
    ['stored in another way', () => ({ storageType: 'x' }), 'is stored in an unknown way: "x"'],
    ['that is no UUID', () => ({ pathOrInlineDv: 'short' }), 'in a way that is not understood'],
    ['without a place', () => ({ offset: undefined }), 'does not lie in'],
    ['of another size', ({ sizeInBytes }) => ({ sizeInBytes: sizeInBytes - 1 }), 'is damaged'],
    ['of too many bytes', () => ({ sizeInBytes: 2 ** 40 }), 'has more than 64 MiB'],
    ['of fewer rows', () => ({ cardinality: 2 }), 'deletes other than 2 rows'],
    ['of more rows', () => ({ cardinality: 4 }), 'deletes other than 4 rows'],
    [
      'with a bit turned over',
      async () => {
        const { bytes } = vectorFile([serialized([0, 1]), serialized([1, 2, 3], () => 'runs')]);
        bytes[bytes.length - 6]! ^= 1;
        await lake.put(branch, `t/${VECTORS}`, bytes);
      },
      'is damaged'
    ],
    ['of rows that are not there', () => inline([1, 2, 20]), 'that it does not have']
  ])('one %s', async (_, change, reason) => {
    const sound = await inFile([1, 2, 3]);
    const changed = await change(sound);
    const vector = { ...sound, ...(typeof changed === 'object' ? changed : {}) };
    await deleteBy(vector);
    expect((await lake.count(branch, 't/')).rows).toBe(30 - vector.cardinality);
    await expect(diff('main', branch)).rejects.toMatchObject({
      code: 'not-comparable',
      message: expect.stringContaining(reason)
    });
    expect((await lake.rows.duplicates('lake', branch, { path: 't/', keys: [] })).datasets).toMatchObject([
      { duplicate_rows: null, message: expect.stringContaining(reason) }
    ]);
    // As many rows as a table with others: only their rows could tell.
    const other = `${branch}-other`;
    await lake.branch(other);
    const deleted = Array.from({ length: vector.cardinality }, (_, i) => i);
    await lake.put(
      other,
      commitFile(1),
      actions(remove('part-0.parquet'), add('part-0.parquet', inline(deleted)))
    );
    expect(await lake.compareOne(other, branch)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining(reason)
    });
  });

  test('one that deletes more rows than there are', async () => {
    await deleteBy({ ...inline([1]), cardinality: 21 });
    expect(await lake.compareOne('main', branch)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('t/part-0.parquet has 20 rows, and 21 of them are deleted')
    });
  });

  test('one of a table with a column that is named like the numbers of rows', async () => {
    await lake.put(
      branch,
      'u/a.parquet',
      await duckdb.write('SELECT range AS FILE_ROW_NUMBER FROM range(3)')
    );
    const deleted = async (vector: DeletionVector) => {
      await lake.put(branch, commitFile(0, 'u/'), actions(add('a.parquet', vector)));
      await lake.commit(branch);
    };
    await deleted(inline([0]));
    await lake.branch(`${branch}-other`, branch);
    await deleted(inline([1]));
    const reason = 'it has deleted rows, and a column "file_row_number"';
    expect((await lake.rows.duplicates('lake', branch, { path: 'u/', keys: [] })).datasets).toMatchObject([
      { rows: 2, duplicate_rows: null, message: expect.stringContaining(reason) }
    ]);
    expect(await lake.compareOne(`${branch}-other`, branch, { path: 'u/' })).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining(reason)
    });
  });
});

describe('guards', () => {
  const merged = async (rules: string, change: () => Promise<unknown>) => {
    const main = `${branch}-main`;
    await lake.commit(branch, { '_databranch/guards.yaml': `guards: [{path: t, ${rules}}]` });
    await lake.branch(main, branch);
    await change();
    await lake.commit(branch);
    return (await lake.rows.mergePreview('lake', branch, main, {})).guard.findings;
  };

  test('do not hold against a merge what was in a file of which it only deletes rows', async () => {
    expect(await merged('not_null: [name], required_columns: [id]', () => deleteBy(inline([1])))).toEqual([]);
  });

  test('see the rows that a new file brings, and no others', async () => {
    const bring = (deleted: number[]) => async () => {
      await lake.put(branch, 't/new.parquet', await duckdb.write(rows(0, 40)));
      await lake.put(branch, commitFile(1), actions(add('new.parquet', inline(deleted))));
    };
    expect(await merged('not_null: [name], no_added_duplicates: [id]', bring([7]))).toMatchObject([
      { rule: 'no_added_duplicates', message: expect.stringContaining('29 rows would be added') }
    ]);
    branch = await lake.branchForTest();
    const olds = Array.from({ length: 30 }, (_, i) => i);
    expect(await merged('not_null: [name], no_added_duplicates: [id]', bring(olds))).toEqual([]);
  });

  test('refuse what they cannot see', async () => {
    const bring = async () => {
      const elsewhere = {
        ...inline([1]),
        storageType: 'p',
        pathOrInlineDv: 's3://pond/main/x.bin',
        offset: 1
      };
      await lake.put(branch, 't/new.parquet', whole);
      await lake.put(branch, commitFile(1), actions(add('new.parquet', elsewhere)));
    };
    expect(await merged('not_null: [name]', bring)).toMatchObject([
      {
        rule: 'not_null',
        message: expect.stringContaining('could not be checked: it names a deletion vector')
      }
    ]);
  });
});

test('the history names a commit that only deleted rows', async () => {
  await deleteBy(inline([1, 2]));
  await lake.commit(branch);
  const { results } = await lake.rows.log('lake', branch, { path: 't/' });
  expect(results[0]).toMatchObject({
    rows_before: 30,
    rows: 28,
    message: '28 rows, 2 fewer: the same files, by what a Delta log says of them'
  });
});
