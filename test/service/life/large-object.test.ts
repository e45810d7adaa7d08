import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { CommandLine } from './service-process.js';

let databranch: CommandLine;
beforeAll(async () => {
  databranch = await CommandLine.build();
});
afterAll(() => databranch.remove());

/** How many threads a process has, where the system tells. */
function threads(pid: number): number | undefined {
  const tasks = `/proc/${pid}/task`;
  return existsSync(tasks) ? readdirSync(tasks).length : undefined;
}

test('large objects are hashed in threads of the bundled service, which keep it from nothing when it ends', async () => {
  const service = await databranch.serve(await databranch.newFolder()).ready();
  await service.json('POST', '/repositories', { name: 'example', storage_namespace: 's3://example/' });
  const objects = '/repositories/example/branches/main/objects?path=';
  const put = async (path: string, body: Buffer<ArrayBuffer>) => {
    const headers = { 'content-type': 'application/octet-stream' };
    const response = await service.api('POST', objects + path, { body, headers });
    expect(response.status).toBe(201);
    return (await response.json()) as { checksum: string };
  };
  const digest = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

  const small = Buffer.from(randomBytes(100_000));
  expect((await put('small', small)).checksum).toBe(digest(small));
  const before = threads(service.child.pid!);
  const bodies = Array.from({ length: 3 }, () => Buffer.from(randomBytes(6_000_001)));
  const stats = await Promise.all(bodies.map((body, i) => put(`large-${i}`, body)));
  expect(stats.map(({ checksum }) => checksum)).toEqual(bodies.map(digest));
  if (before !== undefined) {
    expect(threads(service.child.pid!)).toBeGreaterThanOrEqual(before + 2);
  }
  for (const [i, body] of bodies.entries()) {
    const response = await service.api('GET', `/repositories/example/refs/main/objects?path=large-${i}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  }
  expect(await service.stop()).toEqual({ code: 0, signal: null });
});
