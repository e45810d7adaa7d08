import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { otherRun } from '../../scripts/start/running.mjs';

let folder;
let record;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'running-'));
  record = join(folder, 'start.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = run => writeFileSync(record, JSON.stringify(run));

test('without a record, or with that of a process that is gone, nobody else is at it', async () => {
  assert.equal(await otherRun(record), undefined);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  write({ pid: child.pid });
  assert.equal(await otherRun(record), undefined);
});

test('a live process that installs is found', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  write({ pid: child.pid });
  assert.deepEqual(await otherRun(record), { pid: child.pid });
  child.kill();
  await once(child, 'exit');
});

test('a process id that went to another program is not taken for a JupyterLab that does not answer', async () => {
  write({ pid: process.ppid, address: 'http://127.0.0.1:9/lab?token=gone' });
  assert.equal(await otherRun(record), undefined);
});

test('an orphan that nobody waited for counts as gone', { skip: process.platform !== 'linux' }, async () => {
  // The shell's child ends; the sleep that replaced the shell does not wait for it.
  const shell = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const [pid] = await once(shell.stdout.setEncoding('utf8'), 'data');
  write({ pid: Number(pid) });
  const deadline = Date.now() + 10_000;
  while ((await otherRun(record)) !== undefined && Date.now() < deadline) {
    // Until it has ended.
  }
  assert.equal(await otherRun(record), undefined);
  shell.kill();
  await once(shell, 'exit');
});
