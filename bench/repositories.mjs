import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { milliseconds } from './measure.mjs';
import { dataFolder, startService } from './servers.mjs';

/** Objects of the repositories `of-10`, `of-1000`, `of-1000000`. */
export const SIZES = { few: 10, some: 1_000, many: 1_000_000 };
/** Uncommitted objects of each of the repositories `staged-0`, `staged-1`, … */
export const STAGED = 100_000;
export const STAGED_REPOSITORIES = 3;

export const repositoryOf = size => `of-${size}`;

/** A service over repositories of many objects; `startMs` says how long its start took. */
export async function openRepositories() {
  const data = dataFolder();
  const described = [
    ...Object.values(SIZES).map(size => `${repositoryOf(size)}=${size}`),
    ...Array.from({ length: STAGED_REPOSITORIES }, (_, i) => `staged-${i}=${STAGED},uncommitted`)
  ];
  const program = fileURLToPath(new URL('populate.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [program, data.path, ...described], { stdio: 'inherit' });
  if (status !== 0) {
    data.remove();
    throw new Error('The repositories to measure on could not be made.');
  }
  let service;
  const startMs = await milliseconds(async () => (service = await startService(data.path)));
  return { service, startMs, data: data.path, end: () => service.end().then(data.remove) };
}
