import { createHash } from 'node:crypto';

import type { CommitId } from '../../ids.js';
import { HashSet } from '../hash-set.js';
import { commitKey } from '../keys.js';
import { decodeRecord, type CommitRecord } from '../records.js';
import { messageOf } from './block-check.js';
import type { CheckContext } from './context.js';
import type { TreeCheck } from './tree-check.js';

/** Checks the commits of one repository, each once, and the trees that they name. */
export class HistoryCheck {
  readonly seen = new HashSet();

  constructor(
    private readonly context: CheckContext,
    private readonly trees: TreeCheck
  ) {}

  /** Checks a commit that `where` names, and everything before it. */
  async check(id: CommitId, where: string): Promise<void> {
    const pending: { id: CommitId; generation?: number; where: string }[] = [{ id, where }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      await this.context.pace.step();
      if (!this.seen.add(Buffer.from(next.id, 'hex'))) {
        continue;
      }
      const commit = await this.commit(next.id, next.where);
      if (!commit) {
        continue;
      }
      const { tally } = this.context;
      const named = `${this.context.where}, commit ${next.id}`;
      tally.checked.commits++;
      if (next.generation !== undefined && commit.generation >= next.generation) {
        await tally.damage(named, 'The commit is of a generation that is not below its child’s.');
      }
      await this.trees.check(commit.root, named);
      const { generation } = commit;
      pending.push(...commit.parents.map(parent => ({ id: parent, generation, where: named })));
    }
  }

  private async commit(id: CommitId, where: string): Promise<CommitRecord | undefined> {
    const { tally, kv, uid } = this.context;
    const found = await kv.snapshot(reader => reader.get(commitKey(uid, id)));
    if (!found) {
      await tally.damage(where, `Commit ${id} is missing.`);
      return undefined;
    }
    if (createHash('sha256').update(found.value).digest('hex') !== id) {
      await tally.damage(where, `The record of commit ${id} has other bytes than its id says.`);
      return undefined;
    }
    try {
      return decodeRecord<CommitRecord>(found.value);
    } catch (error) {
      await tally.damage(where, `The record of commit ${id} cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }
}
