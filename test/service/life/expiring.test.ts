import { pino } from 'pino';
import { openKeys } from '../../../src/service/auth/keys.js';
import { expireHourly } from '../../../src/service/life/expiring.js';
import { Fixture } from '../catalog/fixture.js';

const EIGHT_DAYS_MS = 8 * 24 * 60 * 60 * 1000;

test("a service that begins removes what has expired: sandboxes and kernels' keys", async () => {
  const lake = await Fixture.open();
  const keys = await openKeys({ kv: lake.kv, now: () => lake.time });
  const { name } = await lake.catalog.sandboxes.create('lake', 'main', 'me');
  await keys.createForKernel('me', 'work.ipynb');
  lake.time += EIGHT_DAYS_MS;
  const young = await lake.catalog.sandboxes.create('lake', 'main', 'me');

  const lines: string[] = [];
  const log = pino({}, { write: line => void lines.push(line) });
  const stop = expireHourly({ catalog: lake.catalog, keys }, log);
  await stop();

  const { results } = await lake.catalog.branches.list('lake', { showHidden: true });
  expect(results.map(branch => branch.name)).toEqual(['main', young.name]);
  expect(name).not.toBe(young.name);
  expect(await lake.records('a/k/')).toBe(1);
  expect(lines.map(line => JSON.parse(line).msg)).toEqual(['expired sandboxes removed']);
  await lake.close();
});
