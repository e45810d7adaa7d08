import { Service } from './service.js';

const LOG = '/databranch/repositories/lake/operations';
const BRANCHES = '/repositories/lake/branches';

describe('the operation log', () => {
  let service: Service;
  beforeEach(async () => {
    service = await Service.start();
    await service.lake();
    await service.put('a', '1');
    await service.commit('first');
    await service.call(`POST ${BRANCHES}`, { name: 'dev', source: 'main' });
  });
  afterEach(() => service.stop());

  const newest = async () => (await service.call(`GET ${LOG}?amount=1`)).body.results[0];
  const undo = (id: string) => service.call(`POST ${LOG}/${id}/undo`);
  const statusOf = async (path: string) =>
    (await service.call(`GET /repositories/lake/refs/dev/objects/stat?path=${path}`)).status;

  test('names who did what, newest first, and pages', async () => {
    await service.put('b', '2', {}, 'dev');
    const { body: commit } = await service.commit('second', 'dev');
    const { body } = await service.call(`GET ${LOG}?branch=dev&after=`);
    expect(body.results).toMatchObject([
      { verb: 'commit', branch: 'dev', actor: 'admin', to_commit_id: commit.id, undone: false },
      { verb: 'create-branch', branch: 'dev', actor: 'admin', from_commit_id: null, undoes: null }
    ]);
    const first = (await service.call(`GET ${LOG}?amount=1`)).body;
    expect(first.pagination).toMatchObject({ has_more: true, next_offset: first.results[0].id });
    const rest = (await service.call(`GET ${LOG}?after=${first.pagination.next_offset}`)).body;
    expect(rest.results).toHaveLength(2);
  });

  test('takes back a deletion, a reset and a commit, each by the user who asks', async () => {
    await service.put('b', '2', {}, 'dev');
    for (const [operation, body] of [
      [`PUT ${BRANCHES}/dev`, { type: 'reset' }],
      [`POST /databranch${BRANCHES}/dev/discard`, { paths: ['b', 'none'] }],
      [`DELETE ${BRANCHES}/dev`, undefined],
      [`POST ${BRANCHES}/dev/commits`, { message: 'too early' }]
    ] as const) {
      expect((await service.call(operation, body)).status).toBeLessThan(300);
      const { id, actor } = await newest();
      expect(actor).toBe('admin');
      const answer = await undo(id);
      expect([answer.status, answer.body.verb, answer.body.undoes]).toEqual([201, 'undo', id]);
      expect(await statusOf('b')).toBe(200);
      expect((await service.call(`GET ${BRANCHES}/dev/diff`)).body.results).toHaveLength(1);
    }
  });

  test('refuses with a sentence what cannot be taken back', async () => {
    await service.put('b', '2', {}, 'dev');
    await service.commit('second', 'dev');
    const { id } = await newest();
    await service.put('c', '3', {}, 'dev');
    await service.commit('third', 'dev');
    const moved = await undo(id);
    expect([moved.status, moved.body.message]).toEqual([409, expect.stringContaining('commit by admin')]);
    expect((await undo('nonsense')).status).toBe(404);
    const last = await undo((await newest()).id);
    expect((await undo(last.body.id)).status).toBe(400);
  });
});
