import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { OPERATIONS } from './operations.js';
import { BASIC, Service } from './service.js';

/** Operations that answer 501 today. */
const NOT_OFFERED_COUNT = 42;

describe('the API description', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  test('every operation exists: it is offered, or says why not', async () => {
    const answers = await Promise.all(
      OPERATIONS.map(async operation => {
        const { status, body } = await service.call(operation.replace(/\{\w+\}/g, 'absent'));
        return { operation, status, message: (body as { message?: string }).message ?? '' };
      })
    );
    expect(answers.filter(({ message }) => message.includes('nothing at'))).toEqual([]);
    expect(answers.filter(({ status }) => status === 500)).toEqual([]);
    const notOffered = answers.filter(({ status }) => status === 501);
    expect(notOffered.filter(({ message }) => !/^[A-Z].*\.$/.test(message))).toEqual([]);
    expect(notOffered).toHaveLength(NOT_OFFERED_COUNT);
  });

  test('our own description and our own routes agree', async () => {
    const { paths } = parse(readFileSync('docs/databranch-api.yml', 'utf8')) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(paths).length).toBeGreaterThan(7);
    for (const [path, operations] of Object.entries(paths)) {
      const url = service.url + path.replace(/\{\w+\}/g, 'absent');
      for (const method of Object.keys(operations).filter(name => name !== 'parameters')) {
        const answer = await fetch(url, { method, headers: { authorization: BASIC } });
        expect(await answer.text()).not.toContain('nothing at');
      }
    }
  });

  test('what lies outside it says so', async () => {
    expect(await service.call('GET /nowhere')).toMatchObject({
      status: 404,
      body: { message: 'There is nothing at GET /api/v1/nowhere in this API.' }
    });
    const patched = await service.call('PATCH /repositories');
    expect([patched.status, patched.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(patched.body.message).toMatch(/It takes GET, POST\.$/);
    expect((await service.call('PUT /repositories/lake/refs/a/objects/')).headers.get('allow')).toBe(
      'GET, HEAD'
    );
  });

  test('a body that is not offered is not read, whatever it is', async () => {
    const { status } = await service.call('POST /auth/users', 'not json', { 'content-type': 'nonsense' });
    expect(status).toBe(501);
  });

  test('clients learn what there is before they begin', async () => {
    const { body: version } = await service.call('GET /config/version');
    const { body: storage } = await service.call('GET /config/storage');
    expect(version).toMatchObject({ version_context: 'databranch 0.0.0-test', upgrade_recommended: false });
    // Clients compare three numbers with the first version of lakeFS that can do what they are asked.
    expect(version.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number(version.version.split('.')[0])).toBeGreaterThanOrEqual(1);
    expect(storage).toMatchObject({
      blockstore_type: 'local',
      pre_sign_support: true,
      pre_sign_multipart_upload: true,
      import_support: false
    });
    expect(new RegExp(storage.blockstore_namespace_ValidityRegex).test('s3://example/')).toBe(true);
    for (const namespace of [
      `${storage.default_namespace_prefix}/lake`,
      `${storage.default_namespace_prefix}pond`
    ]) {
      const made = { name: namespace.split('/').at(-1), storage_namespace: namespace };
      expect((await service.call('POST /repositories', made)).status).toBe(201);
    }
    expect((await service.call('GET /config')).body).toEqual({
      version_config: version,
      storage_config: storage
    });
  });

  test('statistics are taken and dropped', async () => {
    const event = { class: 'ui', name: 'click', count: 1 };
    expect((await service.call('POST /statistics', { events: [event] })).status).toBe(204);
    expect((await service.call('POST /statistics', { events: [{}] })).status).toBe(400);
  });

  test('metrics count what was asked, for those with a key', async () => {
    const ask = async (authorization: string) =>
      fetch(`${service.url}/metrics`, { headers: { authorization } });
    expect((await ask('')).status).toBe(401);
    expect((await service.call('POST /auth/users', {})).status).toBe(501);
    const told =
      /databranch_request_duration_seconds_count{protocol="rest",method="POST",status="501"} [1-9]/;
    let text: string;
    do {
      const answer = await ask(BASIC);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      text = await answer.text();
      // A request counts when its connection is done with it, which may be after its client is.
    } while (!told.test(text));
    expect(text).toContain('process_resident_memory_bytes');
  });

  test('health is open and says the version', async () => {
    expect(await (await fetch(`${service.url}/_health`)).json()).toEqual({
      status: 'ok',
      version: '0.0.0-test'
    });
  });
});
