import { ACCESS_KEY, Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
  await service.lake();
});
afterAll(() => service.stop());

const own = ACCESS_KEY.accessKeyId;
const names = (body: any, name = 'id') => body.results.map((item: any) => item[name]);

test('whoever has a key is a user, each of them once', async () => {
  const keys = [
    await service.keys.create('jo'),
    await service.keys.create('ann'),
    await service.keys.create('jo')
  ];
  const { body: all } = await service.call('GET /auth/users');
  expect(names(all)).toEqual(['admin', 'ann', 'jo']);
  const { body: page } = await service.call('GET /auth/users?amount=1&after=admin&prefix=a');
  expect(page).toMatchObject({ results: [{ id: 'ann' }], pagination: { has_more: false, results: 1 } });
  const { body: first } = await service.call('GET /auth/users?amount=2');
  expect(first.pagination).toMatchObject({ has_more: true, next_offset: 'ann' });
  expect((await service.call('GET /auth/users/admin')).body).toEqual(
    (await service.call('GET /user')).body.user
  );
  expect((await service.call('GET /auth/users/nobody')).status).toBe(404);
  await Promise.all(keys.map(({ accessKeyId }) => service.keys.delete(accessKeyId)));
  expect((await service.call('GET /auth/users/jo')).status).toBe(404);
});

test('their credentials are their keys: listed, made, and taken back', async () => {
  const { status, body: made } = await service.call('POST /auth/users/admin/credentials');
  expect(status).toBe(201);
  const { access_key_id: id, secret_access_key: secret } = made;
  const authorization = `Basic ${btoa(`${id}:${secret}`)}`;
  const asNewKey = () => service.call('GET /user', undefined, { authorization });
  expect((await asNewKey()).body.user.id).toBe('admin');

  const { body: list } = await service.call('GET /auth/users/admin/credentials');
  expect(names(list, 'access_key_id')).toEqual([own, id].sort());
  expect(JSON.stringify(list)).not.toContain(secret);
  const { body: one } = await service.call(`GET /auth/users/admin/credentials/${id}`);
  expect(one).toEqual({ access_key_id: id, creation_date: made.creation_date });

  expect((await service.call(`DELETE /auth/users/admin/credentials/${id}`)).status).toBe(204);
  expect((await asNewKey()).status).toBe(401);
  expect((await service.call(`GET /auth/users/admin/credentials/${id}`)).status).toBe(404);
  expect((await service.call(`DELETE /auth/users/admin/credentials/${id}`)).status).toBe(404);
  expect((await service.call(`DELETE /auth/users/admin/credentials/${own}`)).status).toBe(403);
  expect((await service.call('POST /auth/users/nobody/credentials')).status).toBe(404);
  expect((await service.call('GET /auth/users/nobody/credentials')).status).toBe(404);
});

test("a kernel's key is not for the administration of keys", async () => {
  const key = await service.keys.createForKernel('admin', 'notebook');
  const authorization = `Basic ${btoa(`${key.accessKeyId}:${key.secretAccessKey}`)}`;
  for (const operation of [
    'GET /auth/users/admin/credentials',
    'POST /auth/users/admin/credentials',
    `GET /auth/users/admin/credentials/${own}`,
    `DELETE /auth/users/admin/credentials/${own}`
  ]) {
    expect((await service.call(operation, undefined, { authorization })).status).toBe(403);
  }
  expect((await service.call('GET /auth/users/admin', undefined, { authorization })).status).toBe(200);
  await service.keys.delete(key.accessKeyId);
});

test.each([
  '/auth/groups',
  '/auth/policies',
  '/auth/users/admin/groups',
  '/auth/users/admin/policies',
  '/repositories/lake/actions/runs',
  '/repositories/lake/pulls'
])('%s is an empty list, and nothing can be put into it', async list => {
  const { status, body } = await service.call(`GET ${list}?amount=10&after=`);
  expect([status, body]).toEqual([
    200,
    { results: [], pagination: { has_more: false, next_offset: '', results: 0, max_per_page: 1000 } }
  ]);
  expect([405, 501]).toContain((await service.call(`POST ${list}`)).status);
});

test('lists of a repository that is not there are not found', async () => {
  for (const list of ['actions/runs', 'pulls']) {
    expect((await service.call(`GET /repositories/nowhere/${list}`)).status).toBe(404);
  }
});

test('clients learn that what is not needed may be collected at once', async () => {
  expect((await service.call('GET /config/garbage-collection')).body).toEqual({ grace_period: 0 });
});
