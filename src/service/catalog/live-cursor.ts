import type { NodeHash, StagingToken } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import type { Cursor } from '../tree/cursor.js';
import type { Tree } from '../tree/tree.js';
import { StagedCursor } from './staged-cursor.js';

/** Walks what a reader of a branch sees: the commit's entries with the uncommitted changes on top. */
export class LiveCursor {
  private readonly committed: Cursor;
  private readonly staged: StagedCursor;
  /** The path and encoded entry under the cursor; undefined at the end. */
  current: { path: Buffer; value: Buffer } | undefined;

  constructor(reader: Pick<KvReader, 'scan'>, tree: Tree, root: NodeHash, layers: StagingToken[]) {
    this.committed = tree.cursor(root);
    this.staged = new StagedCursor(reader, layers);
  }

  /** Moves to the first entry at or behind `path`. */
  async seek(path: Buffer): Promise<void> {
    await this.committed.seek(path);
    await this.staged.seek(path);
    await this.settle();
  }

  async next(): Promise<void> {
    await this.step(this.current!.path);
    await this.settle();
  }

  /** Moves both cursors off `path`. */
  private async step(path: Buffer): Promise<void> {
    if (this.committed.entry?.key.equals(path)) {
      const moved = this.committed.next();
      if (moved) {
        await moved;
      }
    }
    if (this.staged.current?.path.equals(path)) {
      await this.staged.next();
    }
  }

  /** Takes the smaller of the two places, the staged one on a tie, and passes over tombstones. */
  private async settle(): Promise<void> {
    for (;;) {
      const entry = this.committed.entry;
      const change = this.staged.current;
      if (!change || (entry && entry.key.compare(change.path) < 0)) {
        this.current = entry && { path: entry.key, value: entry.value };
        return;
      }
      if (change.value) {
        this.current = { path: change.path, value: change.value };
        return;
      }
      await this.step(change.path);
    }
  }
}
