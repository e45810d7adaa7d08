import type { CommitId } from '../../ids.js';
import { commitKey, familyOf } from '../keys.js';
import { IdList } from '../id-list.js';
import { decodeRecord, type CommitRecord } from '../records.js';
import { scanPages } from '../scan.js';
import { removeTogether, type Condemned } from './removal.js';
import type { Sweep } from './sweep.js';

const COMMITS_PER_PAGE = 2_000;
const COMMITS_PER_WRITE = 200;

/**
 * Removes the commits that are not marked, children before their parents: a commit that can still be named, by its
 * id, always has everything before it. One that something came to refer to meanwhile was written again: its removal
 * fails, and it becomes a root. From here on nobody can find what is not marked.
 */
export async function sweepCommits(sweep: Sweep): Promise<void> {
  const { kv, uid, marks, line, pace, figures, dryRun } = sweep;
  const family = familyOf('c', uid);
  const unmarked = new IdList();
  const generations: number[] = [];
  for await (const page of scanPages(kv, family, COMMITS_PER_PAGE)) {
    for (const { key, value, version } of page) {
      const id = key.subarray(family.length).toString('utf8') as CommitId;
      const bytes = Buffer.from(id, 'hex');
      if (version > line) {
        await marks.late(id);
      } else if (!marks.hasCommit(bytes)) {
        unmarked.push(bytes);
        generations.push(decodeRecord<CommitRecord>(value).generation);
      }
    }
    await pace.step();
  }
  const order = Uint32Array.from(generations.keys()).sort((a, b) => generations[b]! - generations[a]!);
  for (let from = 0; from < order.length; from += COMMITS_PER_WRITE) {
    const batch = [...order.subarray(from, from + COMMITS_PER_WRITE)].map(i => Buffer.from(unmarked.at(i)));
    const condemned = await read(sweep, batch);
    for (const { id, bytes } of dryRun ? condemned : await removeInOrder(sweep, condemned)) {
      if (!marks.hasCommit(Buffer.from(id, 'hex'))) {
        figures.commits++;
        figures.bytes += bytes;
      }
    }
    await pace.step();
  }
}

interface CondemnedCommit extends Condemned {
  id: CommitId;
  bytes: number;
}

/** The commits of a batch as they are now, those that were written since marked. */
async function read({ kv, uid, marks, line }: Sweep, batch: Buffer[]): Promise<CondemnedCommit[]> {
  const found = await kv.snapshot(async reader => {
    const records = [];
    for (const bytes of batch) {
      const id = bytes.toString('hex') as CommitId;
      records.push({ id, record: await reader.get(commitKey(uid, id)) });
    }
    return records;
  });
  for (const { id, record } of found) {
    if (record && record.version > line) {
      await marks.late(id);
    }
  }
  return found.flatMap(({ id, record }) =>
    record && !marks.hasCommit(Buffer.from(id, 'hex'))
      ? [{ id, key: record.key, version: record.version, bytes: record.value.length }]
      : []
  );
}

async function removeInOrder({ kv, marks }: Sweep, condemned: CondemnedCommit[]): Promise<CondemnedCommit[]> {
  if (await removeTogether(kv, condemned)) {
    return condemned;
  }
  const gone: CondemnedCommit[] = [];
  for (const commit of condemned) {
    if (marks.hasCommit(Buffer.from(commit.id, 'hex'))) {
      continue;
    }
    if (await removeTogether(kv, [commit])) {
      gone.push(commit);
    } else {
      await marks.late(commit.id);
    }
  }
  return gone;
}
