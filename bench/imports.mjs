import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { milliseconds } from './measure.mjs';
import { rest } from './requests.mjs';
import { dataFolder, offersOption, startService } from './servers.mjs';

const FOLDERS = 1_000;
const FILES_PER_FOLDER = 1_000;
const WORK = 'import 1,000,000 local files';
const LOOK_AGAIN_MS = 200;

/** Taking in a million local files where they lie, with a service of its own that may. */
export async function* imports() {
  if (!(await offersOption('--import-root'))) {
    yield { work: WORK, skipped: 'this service imports no local files' };
    return;
  }
  const files = mkdtempSync(join(tmpdir(), 'databranch-bench-files-'));
  const data = dataFolder();
  try {
    for (let folder = 0; folder < FOLDERS; folder++) {
      const path = join(files, `part=${String(folder).padStart(4, '0')}`);
      mkdirSync(path);
      for (let file = 0; file < FILES_PER_FOLDER; file++) {
        writeFileSync(join(path, `${String(file).padStart(4, '0')}.txt`), `${folder} ${file}`);
      }
    }
    const service = await startService(data.path, ['--import-root', files]);
    try {
      const ms = await milliseconds(() => importAll(service, files));
      yield { work: WORK, unit: 's', value: ms / 1000, yardstick: { name: 'wanted', value: 60 }, atMost: 1 };
    } finally {
      await service.end();
    }
  } finally {
    data.remove();
    rmSync(files, { recursive: true, force: true });
  }
}

async function importAll(service, folder) {
  const name = 'imported';
  await rest(service, 'POST', '/repositories', { name, storage_namespace: `local://${name}` });
  const path = `/repositories/${name}/branches/main/import`;
  const { id } = await rest(service, 'POST', path, {
    paths: [{ type: 'common_prefix', path: `${pathToFileURL(folder)}/`, destination: 'files/' }],
    commit: { message: 'all of it' }
  });
  for (;;) {
    const { completed, error, ingested_objects: taken } = await rest(service, 'GET', `${path}?id=${id}`);
    if (error || (completed && taken !== FOLDERS * FILES_PER_FOLDER)) {
      throw new Error(error?.message ?? `The import took ${taken} files.`);
    }
    if (completed) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
