import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit, CommitList, ObjectStatsList, Repository } from '../../../src/protocol/lakefs.js';
import { partsOf } from '../../../src/service/sample/parts.js';
import { reviewsParquet } from '../../../src/service/sample/reviews-parquet.js';
import { CommandLine, type ServiceProcess } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

const ROWS = 2_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const objectsOf = async (service: ServiceProcess, ref: string) =>
  (await service.json<ObjectStatsList>('GET', `/repositories/quickstart/refs/${ref}/objects/ls?amount=1000`))
    .results;

describe('serve --quickstart', () => {
  let service: ServiceProcess;
  let data: string;
  const serve = () => databranch.serve(data, ['--quickstart', '--quickstart-rows', String(ROWS)]).ready();
  beforeAll(async () => {
    data = await databranch.newFolder();
    service = await serve();
  });

  test('has repository quickstart with the sample committed on main when it is ready', async () => {
    expect(await service.json<Repository>('GET', '/repositories/quickstart')).toMatchObject({
      storage_namespace: 'local://quickstart/',
      default_branch: 'main'
    });
    const objects = await objectsOf(service, 'main');
    const parts = partsOf(ROWS).map(part => `reviews/${part.name}`);
    expect(objects.map(object => object.path)).toEqual(['README.md', 'products/products.csv', ...parts]);
    const { results } = await service.json<CommitList>('GET', '/repositories/quickstart/refs/main/commits');
    expect(results.map(commit => commit.message)).toEqual([
      'Add sample data: product reviews and products',
      'Repository created'
    ]);
    expect(results[0]!.metadata).toEqual({ source: 'databranch sample', rows: '2000' });
  });

  test('makes in its threads the very bytes that are made elsewhere', async () => {
    const [part] = partsOf(ROWS);
    const path = encodeURIComponent(`reviews/${part!.name}`);
    const response = await service.api('GET', `/repositories/quickstart/refs/main/objects?path=${path}`);
    expect(sha256(Buffer.from(await response.arrayBuffer()))).toBe(sha256(reviewsParquet(part!)));
  });

  test('is left alone by the next start', async () => {
    const head = () => service.json<Commit>('GET', '/repositories/quickstart/commits/main');
    const before = await head();
    await service.stop();
    service = await serve();
    expect(await head()).toEqual(before);
  });

  test('writes the same sample again without a change', async () => {
    const written = await databranch.run('sample', '--data', data, '--rows', String(ROWS));
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toMatch(/^Wrote 2000 rows to 8 files on branch main of quickstart/);
    const { results } = await service.json<{ results: unknown[] }>(
      'GET',
      '/repositories/quickstart/branches/main/diff'
    );
    expect(results).toEqual([]);
  });

  test('takes a sample as CSV on another branch', async () => {
    await service.api('POST', '/repositories/quickstart/branches', {
      body: JSON.stringify({ name: 'test-env', source: 'main' }),
      headers: { 'content-type': 'application/json' }
    });
    const args = ['--format', 'csv', '--rows', '1500', '--branch', 'test-env', '--path', 'lakefs_test.csv'];
    expect((await databranch.run('sample', '--data', data, ...args)).code).toBe(0);
    const response = await service.api(
      'GET',
      '/repositories/quickstart/refs/test-env/objects?path=lakefs_test.csv'
    );
    expect((await response.text()).trimEnd().split('\n')).toHaveLength(1_501);
    expect((await objectsOf(service, 'main')).map(object => object.path)).not.toContain('lakefs_test.csv');
  });

  test('says what is wrong with where a sample shall go', async () => {
    const run = (...args: string[]) => databranch.run('sample', '--data', data, '--rows', '10', ...args);
    expect(await run('--repository', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^databranch: .*none/)
    });
    expect(await run('--branch', 'none')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^databranch: .*none/)
    });
  });

  afterAll(() => service.stop());
});

test('a quickstart that was killed half done is finished by the next start', async () => {
  const data = await databranch.newFolder();
  const first = await databranch.serve(data).ready();
  // What is there after the first steps of a quickstart.
  const creation = { name: 'quickstart', storage_namespace: 'local://quickstart/', default_branch: 'main' };
  await first.json('POST', '/repositories', creation);
  await first.api('POST', '/repositories/quickstart/branches/main/objects?path=README.md', { body: 'half' });
  first.kill('SIGKILL');
  await first.ended;
  const second = await databranch.serve(data, ['--quickstart', '--quickstart-rows', '100']).ready();
  expect(await objectsOf(second, 'main')).toHaveLength(10);
  const { metadata } = await second.json<Commit>('GET', '/repositories/quickstart/commits/main');
  expect(metadata).toMatchObject({ rows: '100' });
  await second.stop();
});

test('a sample can be written to local files without a service', async () => {
  const folder = join(await databranch.newFolder(), 'sample');
  expect((await databranch.run('sample', '--rows', '100', '--out', folder)).code).toBe(0);
  expect((await readdir(folder)).sort()).toEqual(partsOf(100).map(part => part.name));
  expect(
    (await databranch.run('sample', '--rows', '3', '--format', 'csv', '--out', `${folder}/t.csv`)).code
  ).toBe(0);
  expect((await readFile(join(folder, 't.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(4);
});

describe('status', () => {
  test('names a running service without its key', async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    const { code, stdout } = await databranch.run('status', '--data', data, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      running: true,
      data,
      url: service.url,
      pid: service.child.pid,
      start: 1,
      version: expect.any(String)
    });
    await service.stop();
    expect(await databranch.run('status', '--data', data)).toMatchObject({ code: 3 });
  });

  test('makes no folder', async () => {
    const data = await databranch.newFolder();
    expect(await databranch.run('status', '--data', data)).toMatchObject({ code: 3 });
    expect(await readdir(join(data, '..'))).toEqual([]);
  });
});

describe('keys', () => {
  const keyOf = (stdout: string) => ({
    id: /access key id: +(\S+)/.exec(stdout)![1]!,
    secret: /secret access key: +(\S+)/.exec(stdout)![1]!
  });
  const statusWith = async (service: ServiceProcess, { id, secret }: { id: string; secret: string }) => {
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    return (await fetch(`${service.url}/api/v1/user`, { headers: { authorization } })).status;
  };

  test('are made and deleted through a running service, at once', async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    const made = await databranch.run('keys', 'create', '--data', data, '--user', 'pipeline', '--days', '2');
    const key = keyOf(made.stdout);
    expect(await statusWith(service, key)).toBe(200);
    const listed = (await databranch.run('keys', 'list', '--data', data)).stdout;
    expect(listed).toMatch(new RegExp(`^${key.id}  pipeline  made .*  expires `, 'm'));
    expect(listed.trimEnd().split('\n')).toHaveLength(2);
    expect(listed).not.toContain(key.secret);
    expect(await databranch.run('keys', 'delete', key.id, '--data', data)).toMatchObject({ code: 0 });
    expect(await statusWith(service, key)).toBe(401);
    expect(await databranch.run('keys', 'delete', key.id, '--data', data)).toMatchObject({
      code: 1,
      stderr: `databranch: There is no key ${key.id}.\n`
    });
    await service.stop();
  });

  test('the key that a running service stands for cannot be deleted under it', async () => {
    const data = await databranch.newFolder();
    const service = await databranch.serve(data).ready();
    const { access_key_id: own } = await service.discovery();
    const refused = await databranch.run('keys', 'delete', own, '--data', data);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/Stop the service/) });
    await service.stop();
    expect(await databranch.run('keys', 'delete', own, '--data', data)).toMatchObject({ code: 0 });
    const next = await databranch.serve(data).ready();
    expect((await next.discovery()).access_key_id).not.toBe(own);
    await next.stop();
  });

  test('are made and deleted in a folder without a service', async () => {
    const data = await databranch.newFolder();
    await (await databranch.serve(data).ready()).stop();
    const key = keyOf((await databranch.run('keys', 'create', '--data', data)).stdout);
    const service = await databranch.serve(data).ready();
    expect(await statusWith(service, key)).toBe(200);
    await service.stop();
    expect(await databranch.run('keys', 'delete', key.id, '--data', data)).toMatchObject({ code: 0 });
    const { stdout } = await databranch.run('keys', 'list', '--data', data);
    expect(stdout).not.toContain(key.id);
  });

  test('of a folder that is none are refused, and nothing is made', async () => {
    const data = await databranch.newFolder();
    const { code, stderr } = await databranch.run('keys', 'list', '--data', data);
    expect(code).toBe(78);
    expect(stderr).toMatch(/There is no Databranch data in/);
    expect(await readdir(join(data, '..'))).toEqual([]);
  });
});
