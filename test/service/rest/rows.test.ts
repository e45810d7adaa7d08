import { tableFromIPC } from 'apache-arrow';
import { openRows, type Rows } from '../../../src/service/rows/rows.js';
import type { DuckDb } from '../rows/duckdb.js';
import { Fixture } from '../rows/fixture.js';
import { GUARD_MS } from '../rows/lake.js';
import { BASIC, Service } from './service.js';

const AT = '/databranch/repositories/lake/refs';

let fixture: Fixture;
let duckdb: DuckDb;
let service: Service;
let rows: Rows;
beforeAll(async () => {
  fixture = await Fixture.open();
  ({ duckdb } = fixture);
  service = await Service.start(async ({ catalog, kv, folder }) => {
    const log = { warn: () => undefined, debug: () => undefined };
    rows = await openRows({
      catalog,
      kv,
      dataFolder: folder,
      enginePath: fixture.bundle.entry,
      previewWorker: fixture.bundle.previewWorker,
      guardMs: GUARD_MS,
      log
    });
    return { rows };
  });
  await service.lake();
  await service.put('items/a.parquet', await duckdb.write('SELECT range AS id, 1.5 AS price FROM range(4)'));
  await service.commit('four items');
  await service.call('POST /repositories/lake/branches', { name: 'dev', source: 'main' });
  const more = `SELECT range % 4 AS id, CASE range WHEN 1 THEN 9.5 ELSE 1.5 END AS price FROM range(8)`;
  await service.put('items/a.parquet', await duckdb.write(more), {}, 'dev');
});
afterAll(async () => {
  await rows.close();
  await service.stop();
  await fixture.close();
});

test('duplicates are counted by all columns, and by those that are named', async () => {
  const { status, body } = await service.call(`GET ${AT}/dev/duplicates?path=items&base=main&keys=`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ ref: 'dev', base: 'main', keys: [] });
  expect(body.datasets).toMatchObject([
    { path: 'items/', rows: 8, duplicate_rows: 3, added_duplicate_rows: 3 }
  ]);
  expect(body.datasets[0].examples).toHaveLength(3);
  const byId = await service.call(`GET ${AT}/dev/duplicates?path=items/&keys=id&examples=1`);
  expect(byId.body.datasets).toMatchObject([
    { duplicate_rows: 4, repeated_rows: 4, base_path: null, examples: [{ rows: 2, base_rows: null }] }
  ]);
  const both = await service.call(`GET ${AT}/dev/duplicates?keys=id&keys=price`);
  expect(both.body.datasets).toMatchObject([{ duplicate_rows: 3 }]);
});

test('questions that make no sense are refused in a sentence', async () => {
  expect(await service.call(`GET ${AT}/dev/duplicates?keys=nr`)).toMatchObject({
    status: 400,
    body: { message: 'There is no column "nr": there are id, price.' }
  });
  expect((await service.call(`GET ${AT}/dev/duplicates?examples=1000`)).status).toBe(400);
  expect((await service.call(`GET ${AT}/none/duplicates`)).status).toBe(404);
  expect((await service.call(`GET ${AT}/main/rowdiff/dev?path=none/`)).status).toBe(404);
  expect((await service.call(`GET ${AT}/main/columns/dev?files=some`)).status).toBe(400);
});

test('rows that differ come page by page, and as a file', async () => {
  const ask = `${AT}/main/rowdiff/dev?path=items/&keys=id`;
  const { body } = await service.call(`GET ${ask}&amount=2`);
  expect(body).toMatchObject({
    left: 'main',
    right: 'dev',
    keys: ['id'],
    columns: ['id', 'price'],
    changed_rows: 0,
    added_rows: 4,
    removed_rows: 0,
    pagination: { has_more: true, next_offset: '2', results: 2 }
  });
  const rest = await service.call(`GET ${ask}&amount=2&after=${body.pagination.next_offset}`);
  expect([...body.results, ...rest.body.results]).toEqual([
    { change: 'added', copies: 1, left: null, right: ['0', '1.5'] },
    { change: 'added', copies: 1, left: null, right: ['1', '9.5'] },
    { change: 'added', copies: 1, left: null, right: ['2', '1.5'] },
    { change: 'added', copies: 1, left: null, right: ['3', '1.5'] }
  ]);
  const file = await service.call(`GET ${AT}/main/rowdiff/dev/parquet?path=items/&keys=id`);
  expect(file.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="rowdiff.parquet"');
  expect(file.body.slice(0, 4)).toBe('PAR1');
});

test('events tell how far it is', async () => {
  const { body } = await service.call(`GET ${AT}/main/columns/dev?path=items/`, undefined, {
    accept: 'text/event-stream'
  });
  expect(body).toContain('event: progress');
  const result = JSON.parse(/event: result\ndata: (.*)\n/.exec(body)![1]!);
  expect(result.columns).toMatchObject([
    { name: 'id', left: { distinct: 4, max: '3' }, right: { distinct: 4, max: '3' } },
    { name: 'price', left: { mean: 1.5 }, right: { mean: 2.5 } }
  ]);
});

test('the log tells where rows came from', async () => {
  const { body } = await service.call(`GET ${AT}/dev/rowlog?path=items/`);
  expect(body.results).toMatchObject([
    { commit_id: null, rows_before: 4, rows: 8, message: '8 rows, 4 more, twice as many: 1 file replaced' },
    { commit_message: 'four items', rows_before: 0, rows: 4 }
  ]);
  const told = await service.call(`GET ${AT}/dev/rowlog?path=items/`, undefined, {
    accept: 'text/event-stream'
  });
  expect(told.body).toContain('event: progress');
});

test('a merge that the guards refuse is answered 412, and done with force', async () => {
  const guards = 'guards:\n  - path: guarded\n    max_row_loss: 0\n';
  await service.put('_databranch/guards.yaml', guards);
  await service.put('guarded/a.csv', 'x\n1\n2\n');
  await service.commit('guards');
  await service.call('POST /repositories/lake/branches', { name: 'less', source: 'main' });
  await service.put('guarded/a.csv', 'x\n1\n', {}, 'less');
  await service.commit('less', 'less');
  const { body: preview } = await service.call(`GET ${AT}/less/merge/main/preview`);
  expect(preview).toMatchObject({
    source: 'less',
    guard: { origin: 'file', refuses: true, findings: [{ path: 'guarded/', rule: 'max_row_loss' }] },
    datasets: [
      { path: 'guarded/', rows_before: 2, rows_after: 1 },
      { path: 'items/', verdict: 'equal' }
    ]
  });
  expect(await service.call('POST /repositories/lake/refs/less/merge/main', {})).toMatchObject({
    status: 412,
    body: {
      message:
        'The guards of "main" refuse the merge of "less": ' +
        'guarded/ (max_row_loss): 1 row instead of 2: 1 (50%) fewer, allowed are 0.'
    }
  });
  const { status, body } = await service.call('POST /repositories/lake/refs/less/merge/main', {
    force: true
  });
  expect(status).toBe(200);
  const commit = await service.call(`GET /repositories/lake/commits/${body.reference}`);
  expect(commit.body.metadata['databranch.guards.overridden']).toMatch(/^guarded\/ \(max_row_loss\)/);
  expect((await service.call(`GET ${AT}/less/merge/main/preview?strategy=mine`)).status).toBe(400);
});

test('what guards only warn of is in the head of the answer to a merge, whose body is the lakeFS API’s', async () => {
  await service.call('POST /repositories', { name: 'free', storage_namespace: 'local://free' });
  const at = '/repositories/free';
  const put = (path: string, branch: string) =>
    service.call(`POST ${at}/branches/${branch}/objects?path=${encodeURIComponent(path)}`, 'x\n1\n2\n');
  const commit = (branch: string) =>
    service.call(`POST ${at}/branches/${branch}/commits`, { message: 'more' });
  await put('Größe/a.csv', 'main');
  await commit('main');
  await service.call(`POST ${at}/branches`, { name: 'dev', source: 'main' });
  await put('Größe/b.csv', 'dev');
  await commit('dev');
  const { status, body, headers } = await service.call(`POST ${at}/refs/dev/merge/main`, {});
  expect({ status, keys: Object.keys(body) }).toEqual({ status: 200, keys: ['reference'] });
  expect(JSON.parse(headers.get('databranch-guard-warnings')!)).toMatchObject([
    {
      path: 'Größe/',
      rule: 'no_added_duplicates',
      level: 'warn',
      basis: 'files',
      message: expect.stringContaining('Größe/b.csv has the same contents as Größe/a.csv')
    }
  ]);
  // Nothing to warn of, nothing said.
  await put('notes.txt', 'dev');
  await commit('dev');
  const quiet = await service.call(`POST ${at}/refs/dev/merge/main`, {});
  expect(quiet.status).toBe(200);
  expect(quiet.headers.has('databranch-guard-warnings')).toBe(false);
});

test('a few rows of a file come as an Arrow stream', async () => {
  const ask = `${service.url}/api/v1${AT}/main/preview?path=items/a.parquet`;
  const answer = await fetch(`${ask}&from=last&amount=2&columns=id`, { headers: { authorization: BASIC } });
  expect(answer.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream');
  const table = tableFromIPC(new Uint8Array(await answer.arrayBuffer()));
  expect(table.toArray().map(row => Number((row as { id: bigint }).id))).toEqual([2, 3]);
  expect((await service.call(`GET ${AT}/main/preview`)).status).toBe(400);
  expect((await service.call(`GET ${AT}/main/preview?path=items/a.parquet&amount=0`)).status).toBe(400);
  expect((await service.call(`GET ${AT}/main/preview?path=items/b.parquet`)).status).toBe(404);
});

test('what is too much to preview names columns that are not', async () => {
  // 78 MB in one row group: hashes are small in no compression.
  const noise = Array.from({ length: 8 }, (_, i) => `md5((range * ${i + 1})::VARCHAR)`).join(' || ');
  const large = await duckdb.write(
    `SELECT range AS id, ${noise} AS noise FROM range(300000)`,
    'format parquet, row_group_size 300000'
  );
  await service.put('large.parquet', large, {}, 'dev');
  expect(await service.call(`GET ${AT}/dev/preview?path=large.parquet`)).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('these 1 of 2 fit, "id"'), columns: ['id'] }
  });
  expect((await service.call(`GET ${AT}/dev/preview?path=large.parquet&columns=noise`)).body.columns).toEqual(
    []
  );
});

describe('guards', () => {
  const FILE = '_databranch/guards.yaml';
  const NONE = {
    no_added_duplicates: null,
    max_row_loss: null,
    max_row_growth: null,
    schema: null,
    required_columns: null,
    not_null: null
  };

  test('a branch without a file has the guard that only warns', async () => {
    const { body } = await service.call(`GET ${AT}/dev/guards`);
    expect(body).toMatchObject({ ref: 'dev', origin: 'default', text: null, wrong: null });
    expect(body.guards).toEqual([{ ...NONE, path: '**', level: 'warn', no_added_duplicates: [] }]);
  });

  test('only what is committed holds', async () => {
    const text = 'guards:\n  - path: items\n    max_row_loss: 10%\n    not_null: [id]\n';
    await service.call('POST /repositories/lake/branches', { name: 'guarded', source: 'dev' });
    await service.put(FILE, Buffer.from(text), {}, 'guarded');
    expect((await service.call(`GET ${AT}/guarded/guards`)).body.origin).toBe('default');
    await service.call('POST /repositories/lake/branches/guarded/commits', { message: 'guards' });
    const { body } = await service.call(`GET ${AT}/guarded/guards`);
    expect(body).toMatchObject({ origin: 'file', text, wrong: null });
    const rules = { max_row_loss: { percent: 10 }, not_null: ['id'] };
    expect(body.guards).toEqual([{ ...NONE, path: 'items', level: 'refuse', ...rules }]);
  });

  test('a file that is none is told with the place, and a text can be checked before', async () => {
    const text = 'guards:\n  - path: items\n    max_row_loss: many\n';
    const wrong = 'max_row_loss of guard 1 (items) must be a number of rows, or a share such as 10%';
    expect((await service.call('POST /databranch/guards/check', { text })).body).toEqual({
      guards: [],
      wrong
    });
    await service.call('POST /repositories/lake/branches', { name: 'wrong', source: 'dev' });
    await service.put(FILE, Buffer.from(text), {}, 'wrong');
    await service.call('POST /repositories/lake/branches/wrong/commits', { message: 'guards' });
    expect((await service.call(`GET ${AT}/wrong/guards`)).body).toMatchObject({
      origin: 'file',
      text,
      wrong
    });
    await service.put(FILE, Buffer.alloc(65 * 1024, ' '), {}, 'wrong');
    await service.call('POST /repositories/lake/branches/wrong/commits', { message: 'too large' });
    expect((await service.call(`GET ${AT}/wrong/guards`)).body).toMatchObject({
      text: null,
      wrong: 'it has more than 64 KiB'
    });
    expect(await service.call('POST /databranch/guards/check', {})).toMatchObject({ status: 400 });
    expect(await service.call(`GET ${AT}/nowhere/guards`)).toMatchObject({ status: 404 });
  });
});

test('what is counted ahead of questions is told to Prometheus', async () => {
  const told = async () =>
    (await (await fetch(`${service.url}/metrics`, { headers: { authorization: BASIC } })).text())
      .split('\n')
      .filter(line => line.startsWith('databranch_rows_ahead'));
  await service.call(`GET ${AT}/main/rows`);
  await rows.idle();
  const before = await told();
  expect(before[0]).toBe('databranch_rows_ahead_waiting 0');
  await service.put('more/a.csv', 'n\nx\n');
  await service.commit('one more');
  await rows.idle();
  for (const total of ['databranch_rows_ahead_total', 'databranch_rows_ahead_files_total']) {
    const counted = (lines: string[]) =>
      Number(lines.find(line => line.startsWith(`${total}{outcome="counted"}`))!.split(' ')[1]);
    expect(counted(await told())).toBe(counted(before) + 1);
    expect(await told()).toContain(`${total}{outcome="given_up"} 0`);
  }
});
