import type { CommitId, NodeHash, RepositoryUid } from '../ids.js';
import type { Tree } from '../tree/tree.js';
import { decodeEntry } from './entry.js';
import type { History } from './history.js';
import type { Entry } from './model.js';
import type { Refs } from './refs.js';
import { StagedCursor } from './staged-cursor.js';
import { layersOf } from './layers.js';
import type { Store } from './store.js';

/** One consistent look at a ref: the committed tree and the uncommitted changes on top of it. */
export interface View {
  repository: string;
  uid: RepositoryUid;
  commitId: CommitId;
  /** Root of the commit's tree. */
  root: NodeHash;
  /** Uncommitted changes by path bytes; without `entry` the path is removed. Empty unless the ref is a branch. */
  changes: { path: string; entry: Entry | undefined }[];
}

/** What reads whole trees instead of single objects: the layer below the verbs, for counting rows. */
export class Views {
  constructor(
    private readonly store: Store,
    private readonly refs: Refs,
    private readonly history: History
  ) {}

  /** @throws ref-not-found, repository-not-found, invalid-input */
  async open(repository: string, ref: string): Promise<View> {
    return this.store.kv.snapshot(async reader => {
      const { uid, commitId, record } = await this.refs.open(reader, repository, ref);
      const { root } = await this.history.get(uid, commitId, reader);
      const changes: View['changes'] = [];
      if (record) {
        const cursor = new StagedCursor(reader, layersOf(record));
        for (await cursor.seek(Buffer.alloc(0)); cursor.current; await cursor.next()) {
          const { path, value } = cursor.current;
          changes.push({ path: path.toString('utf8'), entry: value ? decodeEntry(value) : undefined });
        }
      }
      return { repository, uid, commitId, root, changes };
    });
  }

  /** The tree that a view's root belongs to. */
  tree(view: View): Tree {
    return this.store.tree(view.uid);
  }
}
