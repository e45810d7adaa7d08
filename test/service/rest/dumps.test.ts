import { Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());
beforeEach(() => service.lake());
afterEach(async () => {
  for (const { id } of (await service.call('GET /repositories')).body.results) {
    await service.call(`DELETE /repositories/${id}?force=true`);
  }
});

const bare = (name: string, more: object = {}) =>
  service.call('POST /repositories?bare=true', { name, storage_namespace: 'local://lake', ...more });

async function refsOf(repository: string): Promise<object> {
  const { body: branches } = await service.call(`GET /repositories/${repository}/branches`);
  const { body: tags } = await service.call(`GET /repositories/${repository}/tags`);
  const { body: log } = await service.call(`GET /repositories/${repository}/refs/main/commits`);
  return { branches: branches.results, tags: tags.results, log: log.results };
}

async function fill(): Promise<void> {
  await service.put('a', 'one');
  await service.put('b', Buffer.alloc(50_000, 'b'));
  await service.commit('first');
  await service.call('POST /repositories/lake/branches', { name: 'dev', source: 'main' });
  await service.call('POST /repositories/lake/tags', { id: 'v1', ref: 'main' });
}

/** The status of a task once it is done. */
async function done(operation: string) {
  for (;;) {
    const { status, body } = await service.call(operation);
    expect(status).toBe(200);
    if (body.done) {
      return body;
    }
  }
}

test('refs are dumped, and restored to a bare repository after the first was deleted', async () => {
  await fill();
  const before = await refsOf('lake');
  const dump = await service.call('PUT /repositories/lake/refs/dump');
  expect(dump.status).toBe(201);
  expect(Object.keys(dump.body).sort()).toEqual([
    'branches_meta_range_id',
    'commits_meta_range_id',
    'tags_meta_range_id'
  ]);
  await service.call('DELETE /repositories/lake');
  expect((await bare('lake')).status).toBe(201);
  expect((await service.call('GET /repositories/lake/branches')).body.results).toEqual([]);
  expect((await service.call('PUT /repositories/lake/refs/restore', dump.body)).status).toBe(200);
  expect(await refsOf('lake')).toEqual(before);
  expect((await service.get('a')).body).toBe('one');
  expect((await service.put('c', 'goes on')).status).toBe(201);
});

test('both can be done as tasks', async () => {
  await fill();
  const { status, body: task } = await service.call('POST /repositories/lake/dump');
  expect(status).toBe(202);
  const dumped = await done(`GET /repositories/lake/dump?task_id=${task.id}`);
  expect(dumped).toMatchObject({ id: task.id, done: true });
  expect(new Date(dumped.update_time).getTime()).toBeGreaterThan(0);
  await bare('copy');
  const restore = await service.call('POST /repositories/copy/restore', dumped.refs);
  expect(restore.status).toBe(202);
  expect(await done(`GET /repositories/copy/restore?task_id=${restore.body.id}`)).not.toHaveProperty('error');
  expect(await refsOf('copy')).toEqual(await refsOf('lake'));
});

test('what cannot be restored or asked after is refused', async () => {
  await fill();
  const { body: dump } = await service.call('PUT /repositories/lake/refs/dump');
  for (const operation of ['PUT /repositories/lake/refs/restore', 'POST /repositories/lake/restore']) {
    expect((await service.call(operation, dump)).status).toBe(400);
    expect((await service.call(operation, {})).status).toBe(400);
  }
  await bare('copy', { read_only: true });
  expect((await service.call('POST /repositories/copy/restore', dump)).status).toBe(403);
  expect((await service.call('PUT /repositories/copy/refs/restore', { ...dump, force: true })).status).toBe(
    200
  );
  await bare('other');
  const unknown = { ...dump, tags_meta_range_id: '../nonsense' };
  expect((await service.call('PUT /repositories/other/refs/restore', unknown)).status).toBe(400);
  for (const task of ['dump', 'restore']) {
    expect((await service.call(`GET /repositories/lake/${task}?task_id=never`)).status).toBe(404);
    expect((await service.call(`GET /repositories/lake/${task}`)).status).toBe(400);
    expect((await service.call(`GET /repositories/nowhere/${task}?task_id=never`)).status).toBe(404);
  }
  expect((await service.call('PUT /repositories/nowhere/refs/dump')).status).toBe(404);
  expect((await bare('third', { sample_data: true })).status).toBe(400);
});

describe('the record of a commit', () => {
  async function head() {
    const { body } = await service.call('GET /repositories/lake/refs/main/commits?amount=1');
    const { id, meta_range_id, ...rest } = body.results[0];
    return { commit_id: id, metarange_id: meta_range_id, ...rest };
  }

  test('is taken in again, and anew where its id is that of its fields', async () => {
    await fill();
    const record = await head();
    expect((await service.call('POST /repositories/lake/commits', record)).status).toBe(204);
    const changed = { ...record, message: 'another', metadata: { k: 'v' } };
    const refused = await service.call('POST /repositories/lake/commits', changed);
    expect(refused.status).toBe(400);
    const commit_id = /make the commit ([0-9a-f]{64})/.exec(refused.body.message)![1]!;
    expect((await service.call('POST /repositories/lake/commits', { ...changed, commit_id })).status).toBe(
      204
    );
    await service.call('POST /repositories/lake/branches', { name: 'made', source: commit_id });
    const { body } = await service.call('GET /repositories/lake/refs/made/commits?amount=1');
    expect(body.results[0]).toMatchObject({ id: commit_id, message: 'another', metadata: { k: 'v' } });
    expect((await service.get('a', {}, 'made')).body).toBe('one');
  });

  test.each([
    ['a tree that is not there', { metarange_id: 'f'.repeat(64) }],
    ['a tree of no name', { metarange_id: 'tree' }],
    ['a parent that is not there', { parents: ['f'.repeat(64)] }],
    ['another generation', { generation: 7 }]
  ])('is refused with %s', async (_, wrong) => {
    await fill();
    const record = { ...(await head()), ...wrong };
    const first = await service.call('POST /repositories/lake/commits', record);
    const commit_id = /make the commit ([0-9a-f]{64})/.exec(first.body.message)![1]!;
    const { status } = await service.call('POST /repositories/lake/commits', { ...record, commit_id });
    expect([400, 404]).toContain(status);
    expect((await service.call(`GET /repositories/lake/commits/${commit_id}`)).status).toBe(404);
  });

  test('is not the only way to an old tree: a branch can commit it, with nothing uncommitted', async () => {
    await fill();
    const { metarange_id } = await head();
    const commit = (message: string, tree: string) =>
      service.call(`POST /repositories/lake/branches/main/commits?source_metarange=${tree}`, { message });
    await service.put('a', 'two');
    expect((await commit('back', metarange_id)).status).toBe(400);
    await service.commit('second');
    expect((await commit('nothing', 'tree')).status).toBe(400);
    expect((await commit('back', metarange_id)).body).toMatchObject({
      message: 'back',
      meta_range_id: metarange_id
    });
    expect((await service.get('a')).body).toBe('one');
  });
});
