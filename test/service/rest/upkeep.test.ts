import type { FsckResult, GcResult } from '../../../src/protocol/databranch.js';
import { eventsOf } from '../../../src/service/life/event-stream.js';
import { BASIC, Service } from './service.js';

let service: Service;
beforeEach(async () => {
  service = await Service.start();
  await service.lake();
  await service.put('a', 'garbage');
  await service.put('a', 'kept');
  await service.commit('a commit');
});
afterEach(() => service.stop());

const GC = '/repositories/lake/settings/gc_rules';
const RULES = { default_retention_days: 21, branches: [{ branch_id: 'main', retention_days: 28 }] };

test('retention rules are kept as the API has them, also under their older address', async () => {
  expect((await service.call(`GET ${GC}`)).status).toBe(404);
  expect((await service.call(`PUT ${GC}`, RULES)).status).toBe(204);
  expect((await service.call(`GET ${GC}`)).body).toEqual(RULES);
  expect((await service.call(`PUT ${GC}`, { ...RULES, default_retention_days: 0 })).status).toBe(400);
  expect((await service.call(`PUT ${GC}`, { branches: [] })).status).toBe(400);
  expect((await service.call('GET /repositories/lake/gc/rules')).body).toEqual(RULES);
  expect((await service.call('GET /repositories/lake/gc/rules/set_allowed')).status).toBe(204);
  expect((await service.call(`DELETE ${GC}`)).status).toBe(204);
  expect((await service.call(`GET ${GC}`)).status).toBe(404);
  expect((await service.call('GET /repositories/none/settings/gc_rules')).body.message).toMatch(
    /no repository/
  );
});

test('an estimate, a dry run and a collection give the same figures', async () => {
  const { body: estimate } = await service.call('GET /databranch/repositories/lake/gc/estimate');
  expect(estimate).toMatchObject({ repository: 'lake', commits: 0, blocks: 1, files: 0 });
  const dry = (await service.call('POST /databranch/gc', { dry_run: true })).body as GcResult;
  expect(dry).toMatchObject({ dry_run: true, repositories: [estimate] });
  expect((await service.call('POST /databranch/gc')).body).toEqual({ ...dry, dry_run: false });
  const again = (await service.call('POST /databranch/gc')).body as GcResult;
  expect(again.repositories).toMatchObject([{ blocks: 0, bytes: 0 }]);
  expect((await service.call('GET /databranch/repositories/none/gc/estimate')).status).toBe(404);
});

test('fsck answers in one piece or as events', async () => {
  const { body } = await service.call('GET /databranch/fsck?contents=false');
  const { report, findings } = body as FsckResult;
  expect(report).toMatchObject({ sound: true, damage: 0, collectable: 1 });
  expect(findings).toEqual([
    { severity: 'collectable', where: 'repository lake', what: expect.stringMatching(/block records/) }
  ]);
  const headers = { authorization: BASIC, accept: 'text/event-stream' };
  const response = await fetch(`${service.url}/api/v1/databranch/fsck`, { headers });
  const events = [];
  for await (const event of eventsOf(response)) {
    events.push(event);
  }
  expect(events.map(({ event }) => event)).toEqual(['begun', 'finding', 'result']);
  expect(events[2]!.data).toMatchObject({ ...report, checked: { commits: 2 } });
});
