import type { KvRecord } from '../../kv/kv.js';
import { HashSet } from '../hash-set.js';
import { IdList } from '../id-list.js';
import { familyOf } from '../keys.js';
import { decodeBlock, encodeBlock, partsOf, type BlockRecord } from '../records.js';
import { scanPages } from '../scan.js';
import { removeUnchanged, type Condemned } from './removal.js';
import type { Sweep } from './sweep.js';

/** Records with up to 16 KiB of contents each. */
const BLOCKS_PER_PAGE = 500;

/**
 * Removes contents that nothing needs: the record first, in one write that fails when something came to refer to it
 * meanwhile, then the file. What a crash leaves in between is a file without a record.
 */
export async function sweepBlocks(sweep: Sweep): Promise<void> {
  const { kv, uid, marks, line, pace } = sweep;
  const family = familyOf('k', uid);
  const unneeded = new IdList();
  const parts = new HashSet();
  for await (const page of scanPages(kv, family, BLOCKS_PER_PAGE)) {
    for (const { key, value, version } of page) {
      const id = key.subarray(family.length);
      if (version <= line && !marks.needsContent(id)) {
        unneeded.push(id);
      } else {
        addParts(decodeBlock(value), parts);
      }
    }
    await pace.step();
  }
  for (let from = 0; from < unneeded.length; from += BLOCKS_PER_PAGE) {
    const ids = [];
    for (let i = from; i < Math.min(from + BLOCKS_PER_PAGE, unneeded.length); i++) {
      ids.push(unneeded.at(i));
    }
    await removeBatch(
      sweep,
      ids.filter(id => !parts.has(id))
    );
    await pace.step();
  }
}

function addParts({ place }: BlockRecord, parts: HashSet): void {
  for (const contentId of partsOf(place)) {
    parts.add(Buffer.from(contentId, 'hex'));
  }
}

interface CondemnedBlock extends Condemned {
  record: BlockRecord;
  bytes: number;
}

async function removeBatch(sweep: Sweep, ids: Buffer[]): Promise<void> {
  const { kv, uid, blocks, figures, dryRun } = sweep;
  const family = familyOf('k', uid);
  const found = await kv.snapshot(async reader => {
    const records = [];
    for (const id of ids) {
      records.push(await reader.get(Buffer.concat([family, id])));
    }
    return records;
  });
  const condemned = found.flatMap(record => (record ? condemn(sweep, record) : []));
  const gone = dryRun ? condemned : await removeUnchanged(kv, condemned);
  for (const { record, replacement, bytes } of gone) {
    figures.blocks++;
    figures.expired += replacement ? 1 : 0;
    figures.bytes += bytes;
    if (record.place.kind === 'file') {
      figures.files++;
      figures.bytes += record.size;
      if (!dryRun) {
        await blocks.remove(record.place.block);
      }
    }
  }
}

/** The record, if it is to go; for one that commits name still, what says later that it was there. */
function condemn({ marks, line, uid }: Sweep, { key, value, version }: KvRecord): CondemnedBlock[] {
  const record = decodeBlock(value);
  const isNamed = marks.namesContent(key.subarray(familyOf('k', uid).length));
  if (version > line || (isNamed && record.place.kind === 'expired')) {
    return [];
  }
  const bytes = value.length;
  return isNamed
    ? [{ key, version, record, bytes, replacement: encodeBlock({ ...record, place: { kind: 'expired' } }) }]
    : [{ key, version, record, bytes }];
}
