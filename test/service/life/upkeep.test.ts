import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandLine } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

test('fsck and gc work through a running service, and on the folder when none runs', async () => {
  const data = await databranch.newFolder();
  const service = await databranch.serve(data).ready();
  await service.json('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });
  const put = (content: string) =>
    service.api('POST', '/repositories/lake/branches/main/objects?path=a', { body: content });
  await put('garbage '.repeat(10_000));
  await put('kept '.repeat(10_000));
  const fsck = () => databranch.run('fsck', '--data', data);
  expect(await fsck()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^The store is sound\. Checked: 1 repository, .*\nNothing needs 1 record or file/
    )
  });
  expect(await databranch.run('gc', '--dry-run', '--data', data)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^lake: would free 80\.0 KB .*1 file\)\nWould free 80\.0 KB in all\.$/m)
  });
  await service.stop();
  expect((await databranch.run('gc', '--data', data)).stdout).toMatch(/^lake: freed 80\.0 KB/);
  expect((await fsck()).stdout).toMatch(/^The store is sound[^\n]*\n$/);
  const blocks = join(data, 'blocks');
  const [file] = (await readdir(blocks, { recursive: true })).filter(name => /\d+-/.test(name));
  await truncate(join(blocks, file!), 10);
  expect(await fsck()).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^damage: repository lake, .*has 10 bytes.*\nThe store is damaged: 1 finding\./
    )
  });
  expect((await databranch.run('fsck', '--data', join(data, 'none'))).code).toBe(78);
});
