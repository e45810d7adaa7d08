import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fingerprint, Stamp } from '../../scripts/stamps.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stamps-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('work that was never done, or for other inputs, is to be done', () => {
  const stamp = new Stamp('work', folder);
  assert.equal(stamp.compare('a'), 'changed');
  stamp.finish('a');
  assert.equal(stamp.compare('a'), 'same');
  assert.equal(stamp.compare('b'), 'changed');
});

test('work that was begun and not finished shows, whatever the inputs', () => {
  new Stamp('work', folder).finish('a');
  new Stamp('work', folder).begin();
  assert.equal(new Stamp('work', folder).compare('a'), 'interrupted');
});

test('a fingerprint covers files in folders, and leaves out what is made', () => {
  const whole = fingerprint(['scripts', 'no such file']);
  assert.equal(fingerprint(['scripts']), whole);
  assert.notEqual(fingerprint(['scripts'], ['scripts/start']), whole);
});
