import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCheckout } from './checkout.mjs';

/**
 * Copies the example notebooks to a folder where a person works on them, so that running one does not change the
 * checkout. A copy that was not touched follows the example; one that was stays as it is.
 *
 * @param {string} folder where JupyterLab will show them
 */
export function layOutNotebooks(folder) {
  mkdirSync(folder, { recursive: true });
  const record = join(folder, '.examples.json');
  const copied = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  for (const name of readdirSync(inCheckout('examples')).filter(file => file.endsWith('.ipynb'))) {
    const copy = join(folder, name);
    if (!existsSync(copy) || hashOf(copy) === copied[name]) {
      cpSync(inCheckout('examples', name), copy);
      copied[name] = hashOf(copy);
    }
  }
  writeFileSync(record, JSON.stringify(copied, null, 2));
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
