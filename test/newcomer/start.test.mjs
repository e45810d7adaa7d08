import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NpmStart } from './npm-start.mjs';

/**
 * What a newcomer does, in order: clone, `npm start`, be interrupted, `npm start` again, look, stop, come back later.
 * In an empty home folder, so that no cache and no setting of this machine's user helps along.
 */
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const SECOND_START_MS_MAX = 15_000;

let folder;
let clone;
let home;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'newcomer-'));
  clone = join(folder, 'databranch');
  home = join(folder, 'home');
  mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', checkout, clone]);
});

after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 }));

test('a first start that is killed in the middle of an installation', async () => {
  const start = new NpmStart({ clone, home });
  await start.printed(/^\[4\/6\]/m);
  await start.kill();
});

test('the next start repairs what was left half done, and comes up with the panel and the tutorial', async () => {
  const start = new NpmStart({ clone, home });
  try {
    const address = await start.address();
    console.log(start.output);
    assert.match(address.path, /^\/lab\/tree\/tutorial\.ipynb$/);
    assert.equal((await start.get('/api/contents/tutorial.ipynb')).name, 'tutorial.ipynb');
    assert.equal((await start.get('/databranch/api/v1/repositories/quickstart')).default_branch, 'main');
    const rows = '/databranch/api/v1/databranch/repositories/quickstart/refs/main/rows?path=reviews/';
    assert.equal((await start.get(rows)).rows, 486_000);
    assert.match(await start.page('/lab'), /jupyterlab-databranch/);
  } finally {
    assert.ok(await start.interrupt(), 'JupyterLab outlives Ctrl-C');
  }
});

test('neither installing nor running leaves a trace in git or in the home folder', () => {
  assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' }), '');
  assert.ok(!existsSync(join(home, '.local', 'share', 'databranch')));
  assert.ok(!existsSync(join(home, '.aws')));
});

test('a later start is up in a few seconds', async () => {
  const began = Date.now();
  const start = new NpmStart({ clone, home });
  try {
    await start.address();
    const took = Date.now() - began;
    console.log(`second start: ${took} ms`);
    assert.ok(took < SECOND_START_MS_MAX, `it took ${took} ms`);
  } finally {
    assert.ok(await start.interrupt(), 'JupyterLab outlives Ctrl-C');
  }
});

test('a second start beside a running one says where that is', async () => {
  const first = new NpmStart({ clone, home });
  try {
    const { port } = await first.address();
    const second = new NpmStart({ clone, home });
    assert.equal((await second.address()).port, port);
    assert.equal(await second.ended, 0);
  } finally {
    await first.interrupt();
  }
});
