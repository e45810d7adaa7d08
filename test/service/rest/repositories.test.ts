import { Service } from './service.js';

describe('repositories', () => {
  let service: Service;
  const filled: string[] = [];
  beforeAll(async () => {
    service = await Service.start({
      sampleData: async repository => {
        filled.push(repository);
        if (repository === 'unlucky') {
          throw new Error('no sample today');
        }
      }
    });
  });
  afterAll(() => service.stop());

  test('one is created, shown, listed and deleted', async () => {
    const created = await service.call('POST /repositories', {
      name: 'one',
      storage_namespace: 's3://example/one',
      default_branch: 'trunk'
    });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: 'one',
      storage_namespace: 's3://example/one',
      default_branch: 'trunk',
      creation_date: expect.any(Number),
      read_only: false
    });
    expect(Math.abs(created.body.creation_date - Date.now() / 1000)).toBeLessThan(60);
    expect((await service.call('GET /repositories/one')).body).toEqual(created.body);
    expect((await service.call('GET /repositories/one/branches')).body.results).toEqual([
      { id: 'trunk', commit_id: expect.stringMatching(/^[0-9a-f]{64}$/) }
    ]);
    expect((await service.call('GET /repositories/one/metadata')).body).toEqual({});
    expect((await service.call('DELETE /repositories/one')).status).toBe(204);
    expect((await service.call('GET /repositories/one')).status).toBe(404);
  });

  test('lists are paged, and after is exclusive', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) {
      await service.call('POST /repositories', { name, storage_namespace: `local://${name}` });
    }
    const first = await service.call('GET /repositories?prefix=page-&amount=2');
    expect(first.body.results.map((r: { id: string }) => r.id)).toEqual(['page-a', 'page-b']);
    expect(first.body.pagination).toEqual({
      has_more: true,
      next_offset: 'page-b',
      results: 2,
      max_per_page: 1000
    });
    const rest = await service.call('GET /repositories?prefix=page-&after=page-b');
    expect(rest.body.results.map((r: { id: string }) => r.id)).toEqual(['page-c']);
    expect(rest.body.pagination).toEqual({
      has_more: false,
      next_offset: '',
      results: 1,
      max_per_page: 1000
    });
    const all = await service.call('GET /repositories?search=age-&amount=-1&after=&_=1700000000');
    expect(all.body.results).toHaveLength(3);
    const found = await service.call('GET /repositories?search=age-&amount=1&after=page-a');
    expect(found.body.results.map((r: { id: string }) => r.id)).toEqual(['page-b']);
    expect(found.body.pagination).toMatchObject({ has_more: true, next_offset: 'page-b' });
  });

  test('illegal input is refused with a sentence', async () => {
    const refused = async (body: object) => {
      const { status, body: answer } = await service.call('POST /repositories', body);
      return [status, answer.message];
    };
    const storage_namespace = 'local://x';
    expect(await refused({ name: 'Upper', storage_namespace })).toEqual([
      400,
      expect.stringContaining('Upper')
    ]);
    expect(await refused({ name: 'api', storage_namespace })).toEqual([400, expect.stringContaining('api')]);
    expect(await refused({ name: 'fine', storage_namespace: 'nowhere' })).toEqual([
      400,
      expect.stringContaining('storage namespace')
    ]);
    expect(await refused({ name: 'fine' })).toEqual([400, 'The body lacks "storage_namespace".']);
    expect(await refused({ name: 5, storage_namespace })).toEqual([
      400,
      '"name" in the body must be of type string.'
    ]);
  });

  test('a name that is taken is refused', async () => {
    const body = { name: 'taken', storage_namespace: 'local://taken' };
    expect((await service.call('POST /repositories', body)).status).toBe(201);
    const again = await service.call('POST /repositories', body);
    expect(again.status).toBe(409);
    expect(again.body.message).toContain('taken');
  });

  test('members that are null count as absent', async () => {
    const body = { name: 'nulls', storage_namespace: 'local://n', default_branch: null, sample_data: null };
    const { status, body: created } = await service.call('POST /repositories', body);
    expect([status, created.default_branch]).toEqual([201, 'main']);
  });

  test('sample data is filled in, and a repository that cannot be filled is not left behind', async () => {
    const create = (name: string) =>
      service.call('POST /repositories', { name, storage_namespace: `local://${name}`, sample_data: true });
    expect((await create('lucky')).status).toBe(201);
    expect(filled).toEqual(['lucky']);
    const failed = await create('unlucky');
    expect(failed).toMatchObject({
      status: 500,
      body: { message: expect.not.stringContaining('no sample') }
    });
    expect((await service.call('GET /repositories/unlucky')).status).toBe(404);
    expect(service.lines.join('')).toContain('no sample today');
  });

  test('metadata is set and deleted by key', async () => {
    await service.call('POST /repositories', { name: 'noted', storage_namespace: 'local://noted' });
    const path = '/repositories/noted/metadata';
    expect((await service.call(`POST ${path}`, { metadata: { a: '1', b: '2' } })).status).toBe(204);
    expect((await service.call(`POST ${path}`, { metadata: { b: '3' } })).status).toBe(204);
    expect((await service.call(`DELETE ${path}`, { keys: ['a', 'none'] })).status).toBe(204);
    expect((await service.call(`GET ${path}`)).body).toEqual({ b: '3' });
    expect((await service.call(`POST ${path}`, { metadata: { b: 3 } })).body.message).toBe(
      '"metadata.b" in the body must be of type string.'
    );
  });

  test('protected branches are named by rules, set together or one by one', async () => {
    await service.call('POST /repositories', { name: 'guarded', storage_namespace: 'local://guarded' });
    const all = '/repositories/guarded/settings/branch_protection';
    const single = '/repositories/guarded/branch_protection';
    const rules = async () => (await service.call(`GET ${all}`)).body;
    const before = (await service.call(`GET ${all}`)).headers.get('etag')!;
    const put = (patterns: string[], etag: string) =>
      service.call(`PUT ${all}`, Buffer.from(JSON.stringify(patterns.map(pattern => ({ pattern })))), {
        'content-type': 'application/json',
        'if-match': etag
      });
    expect((await put(['main'], before)).status).toBe(204);
    expect((await put(['other'], before)).status).toBe(412);
    expect((await put(['main', 'stable_*'], '*')).status).toBe(204);
    expect((await put(['main', 'stable_*'], '')).status).toBe(204);
    expect((await service.call(`POST ${single}`, { pattern: 'v?' })).status).toBe(204);
    expect(await rules()).toEqual([{ pattern: 'main' }, { pattern: 'stable_*' }, { pattern: 'v?' }]);
    const commit = { message: 'directly', allow_empty: true };
    expect((await service.call('POST /repositories/guarded/branches/main/commits', commit)).status).toBe(403);
    const preflight = '/repositories/guarded/branches/main/objects/stage_allowed?path=x';
    expect((await service.call(`GET ${preflight}`)).status).toBe(403);
    expect((await service.call(`DELETE ${single}`, { pattern: 'main' })).status).toBe(204);
    expect((await service.call(`DELETE ${single}`, { pattern: 'main' })).status).toBe(404);
    expect((await service.call(`GET ${single}`)).body).toEqual(await rules());
    expect((await service.call('POST /repositories/guarded/branches/main/commits', commit)).status).toBe(201);
    expect((await service.call(`GET ${single}/set_allowed`)).status).toBe(204);
    expect((await put([''], '')).status).toBe(400);
    expect((await service.call(`PUT ${all}`, { pattern: 'x' })).body.message).toContain('JSON array');
  });
});
