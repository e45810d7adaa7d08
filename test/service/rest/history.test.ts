import { Service } from './service.js';

const REPOSITORY = '/repositories/lake';

describe('branches, commits, refs and tags', () => {
  let service: Service;
  beforeEach(async () => {
    service = await Service.start();
    await service.lake();
  });
  afterEach(() => service.stop());

  const get = async (path: string) => (await service.call(`GET ${REPOSITORY}${path}`)).body;
  const branch = (name: string, source = 'main') =>
    service.call(`POST ${REPOSITORY}/branches`, { name, source });
  const merge = (source: string, body?: object) =>
    service.call(`POST ${REPOSITORY}/refs/${source}/merge/main`, body);
  const commitOf = async (path: string, content: string, on = 'main') => {
    await service.put(path, content, {}, on);
    return (await service.commit(`write ${path}`, on)).body;
  };

  test('a branch is created with its commit as text, shown, listed and deleted', async () => {
    const { commit_id } = await get('/branches/main');
    const created = await branch('dev');
    expect([created.status, created.body]).toEqual([201, commit_id]);
    expect(created.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await get('/branches/dev')).toEqual({ id: 'dev', commit_id });
    expect((await get('/branches?amount=1')).pagination).toMatchObject({
      has_more: true,
      next_offset: 'dev'
    });
    expect((await get('/branches?after=dev')).results).toEqual([{ id: 'main', commit_id }]);
    expect((await service.call(`DELETE ${REPOSITORY}/branches/dev`)).status).toBe(204);
    expect((await service.call(`GET ${REPOSITORY}/branches/dev`)).status).toBe(404);
  });

  test('hidden branches are listed when asked for', async () => {
    await service.call(`POST ${REPOSITORY}/branches`, { name: 'tx-1', source: 'main', hidden: true });
    const names = async (query: string) => (await get(`/branches${query}`)).results.map((r: any) => r.id);
    expect(await names('')).toEqual(['main']);
    expect(await names('?show_hidden=True')).toEqual(['main', 'tx-1']);
  });

  test('wrong branches are refused with a sentence', async () => {
    await branch('dev');
    const statusOf = async (name: string, source: string) => (await branch(name, source)).status;
    expect(await statusOf('dev', 'main')).toBe(409);
    expect(await statusOf('new', 'nowhere')).toBe(404);
    expect(await statusOf('-bad', 'main')).toBe(400);
    const deleted = await service.call(`DELETE ${REPOSITORY}/branches/main`);
    expect([deleted.status, deleted.body.message]).toEqual([400, expect.stringContaining('default branch')]);
    expect((await service.call('GET /repositories/none/branches')).status).toBe(404);
  });

  test('a commit carries message, metadata, committer and date', async () => {
    await service.put('a', '1');
    const { status, body } = await service.call(`POST ${REPOSITORY}/branches/main/commits`, {
      message: 'first',
      metadata: { job: '7' },
      date: 1_700_000_000
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      message: 'first',
      metadata: { job: '7' },
      creation_date: 1_700_000_000,
      committer: 'admin',
      parents: [expect.stringMatching(/^[0-9a-f]{64}$/)]
    });
    expect(await get(`/commits/${body.id}`)).toEqual(body);
    expect(await get('/commits/main')).toEqual(body);
    expect(await get(`/commits/${body.id.slice(0, 16)}`)).toEqual(body);
  });

  test('there must be something to commit, unless told otherwise', async () => {
    const empty = await service.commit('nothing');
    expect([empty.status, empty.body.message]).toEqual([400, expect.any(String)]);
    const body = { message: 'nothing', allow_empty: true };
    expect((await service.call(`POST ${REPOSITORY}/branches/main/commits`, body)).status).toBe(201);
    expect((await service.call(`POST ${REPOSITORY}/branches/main/commits`, {})).body.message).toBe(
      'The body lacks "message".'
    );
    expect(
      (await service.call(`POST ${REPOSITORY}/branches/main/commits?source_metarange=x`, body)).status
    ).toBe(400);
  });

  test('the log pages from a ref backwards and filters by object and prefix', async () => {
    const ids = [];
    for (const path of ['a/1', 'b/1', 'a/2']) {
      ids.unshift((await commitOf(path, path)).id);
    }
    const log = async (query: string) =>
      (await get(`/refs/main/commits${query}`)).results.map((c: any) => c.id);
    const all = await log('');
    expect(all.slice(0, 3)).toEqual(ids);
    expect(all).toHaveLength(4);
    expect(await log('?amount=2')).toEqual(ids.slice(0, 2));
    expect(await log(`?amount=2&after=${ids[1]}`)).toEqual(all.slice(2));
    expect(await log('?objects=b/1&objects=a/2')).toEqual([ids[0], ids[1]]);
    expect(await log('?prefixes=a/')).toEqual([ids[0], ids[2]]);
    expect(await log(`?stop_at=${ids[1]}`)).toEqual([ids[0], ids[1]]);
    expect(await log('?since=2100-01-01T00:00:00.000000%2B0000')).toEqual([]);
    expect(await log('?since=2000-01-01T00:00:00')).toEqual(all);
    for (const wrong of ['yesterday', '0.5', '2000-13-01T00:00:00Z']) {
      expect((await get(`/refs/main/commits?since=${wrong}`)).message).toContain('2026-01-31T12:00:00Z');
    }
    expect((await service.call(`GET ${REPOSITORY}/refs/nowhere/commits`)).status).toBe(404);
  });

  test('uncommitted changes are listed and reset: all, below a prefix, one object', async () => {
    await commitOf('kept', 'old');
    const changes = async () =>
      (await get('/branches/main/diff')).results.map((d: any) => `${d.type} ${d.path} ${d.path_type}`);
    const reset = (body: object) => service.call(`PUT ${REPOSITORY}/branches/main`, body);
    const write = async () => {
      await service.put('kept', 'new');
      await service.put('x/1', '1');
      await service.put('x/2', '2');
    };
    await write();
    expect(await changes()).toEqual(['changed kept object', 'added x/1 object', 'added x/2 object']);
    expect((await get('/branches/main/diff?delimiter=/')).results.map((d: any) => d.path_type)).toEqual([
      'object',
      'common_prefix'
    ]);
    expect((await get('/branches/main/diff?prefix=x/&after=x/1')).results).toEqual([
      { type: 'added', path: 'x/2', path_type: 'object', size_bytes: 1 }
    ]);
    expect((await reset({ type: 'object', path: 'x/1' })).status).toBe(204);
    expect(await changes()).toEqual(['changed kept object', 'added x/2 object']);
    expect((await reset({ type: 'common_prefix', path: 'x/' })).status).toBe(204);
    expect(await changes()).toEqual(['changed kept object']);
    await write();
    expect((await reset({ type: 'reset' })).status).toBe(204);
    expect(await changes()).toEqual([]);
    expect((await reset({ type: 'object' })).body.message).toContain('path');
    expect((await reset({ type: 'everything' })).body.message).toBe(
      '"type" in the body must be one of object, common_prefix, reset.'
    );
  });

  test('two refs are compared, with the right side described when asked for', async () => {
    await commitOf('same', 's');
    await branch('dev');
    await commitOf('new', 'nn', 'dev');
    await commitOf('other', 'o');
    expect((await get('/refs/main/diff/dev')).results).toEqual([
      { type: 'added', path: 'new', path_type: 'object', size_bytes: 2 }
    ]);
    const twoDot = (await get('/refs/main/diff/dev?type=two_dot&include_right_stats=true')).results;
    expect(twoDot.map((d: any) => `${d.type} ${d.path}`)).toEqual(['added new', 'removed other']);
    expect(twoDot[0].right).toEqual({
      checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
      mtime: expect.any(Number),
      content_type: 'application/octet-stream',
      metadata: {}
    });
    expect(twoDot[1].right).toBeUndefined();
    expect((await service.call(`GET ${REPOSITORY}/refs/main/diff/dev?type=four_dot`)).status).toBe(400);
  });

  test('a merge answers with its commit, and refuses when there is nothing to merge', async () => {
    await commitOf('a', '1');
    await branch('dev');
    const source = await commitOf('b', '2', 'dev');
    const base = await get('/refs/dev/merge/main');
    expect(base).toMatchObject({ source_commit_id: source.id });
    expect(base.base_commit_id).toBe(base.destination_commit_id);
    const { status, body } = await merge('dev', { message: 'bring b', metadata: { why: 'test' } });
    expect([status, body]).toEqual([200, { reference: (await get('/branches/main')).commit_id }]);
    expect(await get('/commits/main')).toMatchObject({ message: 'bring b', metadata: { why: 'test' } });
    expect((await merge('dev')).status).toBe(400);
    expect((await merge('nowhere')).status).toBe(404);
  });

  test('a merge takes no body for none, and empty fields for absent', async () => {
    await branch('one');
    await commitOf('b', '2', 'one');
    expect((await merge('one')).status).toBe(200);
    await branch('two');
    await commitOf('c', '3', 'two');
    expect((await merge('two', { message: '', strategy: '' })).status).toBe(200);
    const empty = await service.call(`POST ${REPOSITORY}/refs/two/merge/main`, '', {
      'content-type': 'application/json'
    });
    expect(empty.status).toBe(400);
    expect(empty.body.message).not.toContain('JSON');
  });

  test('a conflict names its paths, and a strategy decides it', async () => {
    await commitOf('a', '1');
    await branch('dev');
    await commitOf('a', 'dev', 'dev');
    await commitOf('a', 'main');
    const conflict = await merge('dev');
    expect(conflict).toMatchObject({ status: 409, body: { conflicts: ['a'], reference: '' } });
    expect(conflict.body.message).toContain('a');
    expect((await merge('dev', { strategy: 'coin-toss' })).body.message).toContain('source-wins');
    expect((await merge('dev', { strategy: 'source-wins' })).status).toBe(200);
    expect((await service.get('a')).body).toBe('dev');
  });

  test('a conflict is decided path by path, as long as both refs stand where they were seen', async () => {
    await branch('dev');
    for (const path of ['a', 'b']) {
      await commitOf(path, 'theirs', 'dev');
      await commitOf(path, 'ours');
    }
    const seen = await get('/refs/dev/merge/main');
    const decide = (body: object) =>
      service.call(`POST /databranch${REPOSITORY}/refs/dev/merge/main`, {
        source_commit_id: seen.source_commit_id,
        destination_commit_id: seen.destination_commit_id,
        ...body
      });
    const open = await decide({ sides: [{ path: 'a', side: 'source' }] });
    expect([open.status, open.body.conflicts]).toEqual([409, ['b']]);
    const sides = [
      { path: 'a', side: 'source' },
      { path: 'b', side: 'destination' }
    ];
    const stale = await decide({ sides, destination_commit_id: seen.base_commit_id });
    expect([stale.status, stale.body.message]).toEqual([409, expect.stringContaining('has moved')]);
    expect((await decide({ sides: [{ path: 'a', side: 'mine' }] })).status).toBe(400);
    const merged = await decide({ sides, message: 'Chosen' });
    expect(merged.status).toBe(200);
    const { parents, message } = await get(`/commits/${merged.body.reference}`);
    expect([parents, message]).toEqual([[seen.destination_commit_id, seen.source_commit_id], 'Chosen']);
    const read = async (path: string) =>
      (await service.call(`GET ${REPOSITORY}/refs/main/objects?path=${path}`)).body;
    expect([await read('a'), await read('b')]).toEqual(['theirs', 'ours']);
  });

  test('a commit is reverted and picked onto another branch', async () => {
    await commitOf('a', '1');
    await branch('dev');
    const change = await commitOf('b', '2');
    const picked = await service.call(`POST ${REPOSITORY}/branches/dev/cherry-pick`, { ref: change.id });
    expect(picked).toMatchObject({ status: 201, body: { message: 'write b', committer: 'admin' } });
    const reverted = await service.call(`POST ${REPOSITORY}/branches/main/revert`, {
      ref: change.id,
      parent_number: 0,
      commit_overrides: { message: 'take back b' }
    });
    expect(reverted.status).toBe(204);
    expect((await get('/commits/main')).message).toBe('take back b');
    expect((await service.get('b')).status).toBe(404);
    expect((await service.get('b', {}, 'dev')).body).toBe('2');
  });

  test('a hard reset moves the branch, unless that would lose changes', async () => {
    const first = await commitOf('a', '1');
    await commitOf('b', '2');
    const reset = (query: string) => service.call(`PUT ${REPOSITORY}/branches/main/hard_reset${query}`);
    await service.put('c', '3');
    expect((await reset(`?ref=${first.id}`)).status).toBe(400);
    await service.call(`PUT ${REPOSITORY}/branches/main`, { type: 'reset' });
    expect((await reset(`?ref=${first.id}`)).status).toBe(204);
    expect((await get('/branches/main')).commit_id).toBe(first.id);
    expect((await reset('')).body.message).toBe('The parameter "ref" is missing.');
  });

  test('tags are created, shown, listed and deleted', async () => {
    const { commit_id } = await get('/branches/main');
    const create = (id: string, ref = 'main') => service.call(`POST ${REPOSITORY}/tags`, { id, ref });
    const created = await create('v1.0');
    expect([created.status, created.body]).toEqual([201, { id: 'v1.0', commit_id }]);
    expect(await get('/tags/v1.0')).toEqual({ id: 'v1.0', commit_id });
    expect((await get('/tags?prefix=v')).results).toEqual([{ id: 'v1.0', commit_id }]);
    expect((await create('v1.0')).status).toBe(409);
    expect((await create('v2', 'nowhere')).status).toBe(404);
    expect((await service.call(`DELETE ${REPOSITORY}/tags/v1.0`)).status).toBe(204);
    expect((await service.call(`GET ${REPOSITORY}/tags/v1.0`)).status).toBe(404);
  });

  test('a tag with a slash is one path segment', async () => {
    expect((await service.call(`POST ${REPOSITORY}/tags`, { id: 'release/1', ref: 'main' })).status).toBe(
      201
    );
    expect((await get('/tags/release%2F1')).id).toBe('release/1');
    expect((await get('/refs/release%2F1/commits')).results).toHaveLength(1);
  });

  test('of a tag and a branch of one name, made at the same instant, there is one', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `same-${i}`);
    const made = await Promise.all(
      names.map(async (id, i) => {
        const makers = [
          () => branch(id),
          () => service.call(`POST ${REPOSITORY}/tags`, { id, ref: 'main' })
        ] as const;
        // Either may be the first to come.
        const [first, second] = i % 2 ? makers : ([makers[1], makers[0]] as const);
        const answers = await Promise.all([first(), second()]);
        return answers.map(({ status }) => status).sort();
      })
    );
    expect(made).toEqual(names.map(() => [201, 409]));
    const of = async (kind: string) =>
      (await get(`/${kind}?prefix=same-`)).results.map((ref: { id: string }) => ref.id);
    expect([...(await of('branches')), ...(await of('tags'))].sort()).toEqual(names.sort());
  });
});
