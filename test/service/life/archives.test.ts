import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { CommitList, ImportStatus, ObjectStatsList, Ref } from '../../../src/protocol/lakefs.js';
import { CommandLine, type Service, type ServiceProcess } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

const head = async (service: Service, repository: string) =>
  (await service.json<Ref>('GET', `/repositories/${repository}/branches/main`)).commit_id;

describe('export and import', () => {
  let data: string;
  let service: ServiceProcess;
  /** A folder for archives. */
  let folder: string;
  beforeAll(async () => {
    data = await databranch.newFolder();
    folder = dirname(data);
    service = await databranch.serve(data, ['--quickstart', '--quickstart-rows', '500']).ready();
  });
  afterAll(() => service.stop());

  const run = (...args: string[]) => databranch.run(...args, '--data', data);

  test('take a repository from one data folder to another, through a service or without', async () => {
    const file = join(folder, 'quickstart.tar');
    expect(await run('export', 'quickstart', file)).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Exported quickstart with its history \(\d+\.\d KB\)\.\n$/)
    });
    expect(await run('import', file, 'copy')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Imported copy: 1 branch, 0 tags, 2 commits, 10 contents \(.*\)\.\n$/)
    });
    expect(await head(service, 'copy')).toBe(await head(service, 'quickstart'));

    const other = await databranch.newFolder();
    await (await databranch.serve(other).ready()).stop();
    const offline = (...args: string[]) => databranch.run(...args, '--data', other);
    expect((await offline('import', file)).code).toBe(0);
    expect((await offline('fsck')).stdout).toMatch(/^The store is sound\. Checked: 1 repository/);
    const again = join(folder, 'again.tar');
    expect((await offline('export', 'quickstart', again)).code).toBe(0);
    expect((await readFile(again)).equals(await readFile(file))).toBe(true);
    const second = await databranch.serve(other).ready();
    expect(await head(second, 'quickstart')).toBe(await head(service, 'quickstart'));
    await second.stop();
  });

  test('say which branches have changes that the archive has not', async () => {
    await service.api('POST', '/repositories/quickstart/branches/main/objects?path=mine', { body: 'mine' });
    const { stderr } = await run('export', 'quickstart', join(folder, 'uncommitted.tar'));
    expect(stderr).toMatch(/\nUncommitted changes are not in it: commit those on main /);
  });

  test('leave nothing half done, and say what is wrong', async () => {
    const file = join(folder, 'whole.tar');
    await run('export', 'quickstart', file);
    const { size } = await stat(file);
    const broken = join(folder, 'broken.tar');
    await writeFile(broken, (await readFile(file)).subarray(0, size / 2));
    const before = await readdir(folder);
    const cases: [string[], number, RegExp][] = [
      [['export', 'quickstart', file], 64, /exists already.*--force/],
      [['export', 'quickstart', folder], 64, /is a folder/],
      [['export', 'quickstart', join(folder, 'none', 'x.tar')], 1, /its folder does not exist/],
      [['export', 'none', join(folder, 'none.tar')], 1, /no repository "none"/],
      [['export', 'quickstart'], 64, /missing required argument/],
      [['import', broken, 'broken'], 1, /archive is broken: it ends too early\. Nothing was imported/],
      [['import', file], 1, /repository "quickstart" already/],
      [['import', file, 'No Name'], 1, /is not a repository name/],
      [['import', join(folder, 'none.tar')], 1, /there is no such file/],
      [['import', folder], 64, /is a folder/],
      [['import', join(data, 'databranch.json'), 'other'], 1, /archive is broken/]
    ];
    for (const [args, code, stderr] of cases) {
      expect(await run(...args)).toEqual({ code, stdout: '', stderr: expect.stringMatching(stderr) });
    }
    expect(await readdir(folder)).toEqual(before);
    const { results } = await service.json<{ results: { id: string }[] }>('GET', '/repositories');
    expect(results.map(({ id }) => id)).toEqual(['copy', 'quickstart']);
    expect((await run('export', 'quickstart', file, '--force')).code).toBe(0);
  });
});

describe('serve --import-root', () => {
  test('must name folders', async () => {
    const data = await databranch.newFolder();
    await writeFile(join(dirname(data), 'file'), '');
    for (const name of ['none', 'file']) {
      const ended = await databranch.run('serve', '--data', data, '--import-root', join(dirname(data), name));
      expect(ended).toMatchObject({ code: 78, stderr: expect.stringMatching(/must name a folder/) });
    }
  });

  test('never gives the data folder away, although it lies below', async () => {
    const data = await databranch.newFolder();
    const root = dirname(data);
    await mkdir(join(root, 'mine'));
    await writeFile(join(root, 'mine', 'a.csv'), 'rows');
    const service = await databranch.serve(data, ['--import-root', root]).ready();
    await service.json('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });
    const start = (path: string) => importing(service, path);
    expect((await start(`local://${data}`)).status).toBe(403);
    expect((await start(`local://${root}`)).status).toBe(202);
    await untilCommits(service, 2);
    const { results } = await service.json<ObjectStatsList>('GET', '/repositories/lake/refs/main/objects/ls');
    expect(results.map(({ path }) => path)).toEqual(['mine/a.csv']);
    await service.stop();
  });

  test('a service that is killed in the middle of an import has imported nothing, and says so', async () => {
    const data = await databranch.newFolder();
    const root = join(dirname(data), 'source');
    await mkdir(root);
    for (let i = 0; i < 40; i++) {
      await writeFile(join(root, `${i}.csv`), 'x'.repeat(40_000));
    }
    // The last one, of holes, takes longer than anybody needs to kill a service.
    await writeFile(join(root, 'last.csv'), '');
    await truncate(join(root, 'last.csv'), 4 * 1024 ** 3);
    const serve = () => databranch.serve(data, ['--import-root', root]).ready();
    const first = await serve();
    await first.json('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });
    const response = await importing(first, `local://${root}/`, '?copy=true');
    const { id } = (await response.json()) as { id: string };
    const status = (service: Service) =>
      service.json<ImportStatus>('GET', `/repositories/lake/branches/main/import?id=${id}`);
    while ((await status(first)).ingested_objects === 0);
    first.kill('SIGKILL');
    await first.ended;

    const second = await serve();
    expect(await status(second)).toMatchObject({
      completed: false,
      error: { message: expect.stringMatching(/service ended before this import was done/) }
    });
    await untilCommits(second, 1);
    await second.stop();
    expect((await databranch.run('gc', '--data', data)).code).toBe(0);
    const fsck = await databranch.run('fsck', '--data', data);
    expect(fsck.stdout).toMatch(/^The store is sound\. Checked: [^\n]* 0 contents[^\n]*\n$/);
  });
});

function importing(service: Service, path: string, query = ''): Promise<Response> {
  const paths = [{ type: 'common_prefix', path, destination: '' }];
  return service.api('POST', `/repositories/lake/branches/main/import${query}`, {
    body: JSON.stringify({ paths, commit: { message: '' } }),
    headers: { 'content-type': 'application/json' }
  });
}

/** Waits until the branch has so many; the test's own time limit ends it. */
async function untilCommits(service: Service, count: number): Promise<void> {
  for (;;) {
    const { results } = await service.json<CommitList>('GET', '/repositories/lake/refs/main/commits');
    if (results.length === count) {
      return;
    }
  }
}
