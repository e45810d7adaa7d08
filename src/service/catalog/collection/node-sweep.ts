import { familyOf } from '../keys.js';
import { scanPages } from '../scan.js';
import { removeUnchanged } from './removal.js';
import type { Sweep } from './sweep.js';

const NODES_PER_PAGE = 500;

/** Removes tree nodes that are not marked. A verb that makes the same node again writes it again, which saves it. */
export async function sweepNodes({ kv, uid, marks, line, pace, figures, dryRun }: Sweep): Promise<void> {
  const family = familyOf('n', uid);
  for await (const page of scanPages(kv, family, NODES_PER_PAGE)) {
    const condemned = page
      .filter(({ key, version }) => version <= line && !marks.hasNode(key.subarray(family.length)))
      .map(({ key, version, value }) => ({ key, version, bytes: value.length }));
    const gone = dryRun ? condemned : await removeUnchanged(kv, condemned);
    figures.nodes += gone.length;
    figures.bytes += gone.reduce((sum, { bytes }) => sum + bytes, 0);
    await pace.step();
  }
}
