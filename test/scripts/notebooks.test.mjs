import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { inCheckout } from '../../scripts/checkout.mjs';
import { layOutNotebooks } from '../../scripts/notebooks.mjs';

const NAME = 'tutorial.ipynb';
const original = readFileSync(inCheckout('examples', NAME), 'utf8');
let folder;
let copy;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
  copy = join(folder, NAME);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the examples are laid out where they may be run and changed', () => {
  layOutNotebooks(folder);
  assert.equal(readFileSync(copy, 'utf8'), original);
});

test('a copy that somebody worked in is left alone', () => {
  layOutNotebooks(folder);
  writeFileSync(copy, 'my work');
  layOutNotebooks(folder);
  assert.equal(readFileSync(copy, 'utf8'), 'my work');
});

test('a copy that nobody touched follows the example', () => {
  layOutNotebooks(folder);
  writeFileSync(copy, 'an older example');
  const record = join(folder, '.examples.json');
  writeFileSync(
    record,
    JSON.stringify({ [NAME]: createHash('sha256').update('an older example').digest('hex') })
  );
  layOutNotebooks(folder);
  assert.equal(readFileSync(copy, 'utf8'), original);
});

test('the examples hold no outputs', () => {
  for (const cell of JSON.parse(original).cells.filter(({ cell_type: type }) => type === 'code')) {
    assert.deepEqual([cell.outputs, cell.execution_count], [[], null]);
  }
});
