import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fingerprint, Stamp } from '../../scripts/stamps.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stamps-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('work that was never done, or for other inputs, is to be done', async () => {
  const stamp = new Stamp('work', folder);
  assert.equal(stamp.compare('a'), 'changed');
  await stamp.during('a', async () => {});
  assert.equal(stamp.compare('a'), 'same');
  assert.equal(stamp.compare('b'), 'changed');
});

test('work that is under way shows as interrupted to whoever looks, whatever the inputs', async () => {
  await new Stamp('work', folder).during('a', async () => {
    assert.equal(new Stamp('work', folder).compare('a'), 'interrupted');
  });
});

test('work that failed is to be done again, but was not interrupted', async () => {
  const stamp = new Stamp('work', folder);
  await assert.rejects(stamp.during('a', () => Promise.reject(new Error('no network'))));
  assert.equal(stamp.compare('a'), 'changed');
});

test('a fingerprint covers files in folders, and leaves out what is made', () => {
  const whole = fingerprint(['scripts', 'no such file']);
  assert.equal(fingerprint(['scripts']), whole);
  assert.notEqual(fingerprint(['scripts'], ['scripts/start']), whole);
});
