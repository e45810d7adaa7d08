import type { CommitId, RepositoryUid } from '../ids.js';
import type { KvReader } from '../kv/kv.js';
import { CatalogError, invalid } from './errors.js';
import type { History } from './history.js';
import { commitKey, familyOf, tagKey } from './keys.js';
import type { ResolvedRef } from './model.js';
import { decodeRecord, type BranchRecord, type TagRecord } from './records.js';
import type { Store } from './store.js';

/** Fewest digits of a commit id that are taken for one. */
const ID_DIGITS_MIN = 4;
const EXPRESSION = /^([^~^@$]+)((?:[~^]\d*)*)([@$]?)$/;

/** A ref, resolved, with what readers of it need. */
export interface OpenRef extends ResolvedRef {
  uid: RepositoryUid;
  /** The branch's record when uncommitted changes count. */
  record?: BranchRecord;
}

/**
 * Ref expressions: a branch, tag or (prefix of a) commit id, then any of `~N`, `^N`, and last `@` for a branch
 * without its uncommitted changes. As documented at docs.lakefs.io, "ref expressions".
 */
export class Refs {
  constructor(
    private readonly store: Store,
    private readonly history: History
  ) {}

  /** @throws ref-not-found, invalid-input, repository-not-found */
  async resolve(repository: string, expression: string): Promise<ResolvedRef> {
    const { kind, commitId, branch } = await this.store.kv.snapshot(reader =>
      this.open(reader, repository, expression)
    );
    return { kind, commitId, branch };
  }

  /** As {@link resolve}, on the reader's point in time. */
  async open(reader: KvReader, repository: string, expression: string): Promise<OpenRef> {
    const { uid } = await this.store.repository(reader, repository);
    const [, name, steps, sign] = EXPRESSION.exec(expression) ?? [];
    if (name === undefined) {
      throw invalid(`"${expression}" is not a ref: give a branch, a tag or a commit id, then ~N, ^N or @.`);
    }
    const base = await this.named(reader, uid, name);
    if (!base) {
      throw new CatalogError('ref-not-found', `There is no branch, tag or commit "${name}".`, {
        ref: expression
      });
    }
    if (steps) {
      const commitId = await this.step(reader, uid, base.commitId, steps, expression);
      return { kind: 'commit', commitId, uid };
    }
    if (sign === '@') {
      return { kind: base.kind, commitId: base.commitId, uid };
    }
    return { ...base, uid };
  }

  private async named(
    reader: KvReader,
    uid: RepositoryUid,
    name: string
  ): Promise<Omit<OpenRef, 'uid'> | undefined> {
    const record = await this.store.findBranch(reader, uid, name);
    if (record) {
      return { kind: 'branch', commitId: record.commitId, branch: name, record };
    }
    const tag = await reader.get(tagKey(uid, name));
    if (tag) {
      return { kind: 'tag', commitId: decodeRecord<TagRecord>(tag.value).commitId };
    }
    const commitId = await this.commitWith(reader, uid, name);
    return commitId && { kind: 'commit', commitId };
  }

  /** The one commit whose id begins with `digits`. */
  private async commitWith(
    reader: KvReader,
    uid: RepositoryUid,
    digits: string
  ): Promise<CommitId | undefined> {
    if (!/^[0-9a-f]{1,64}$/.test(digits) || digits.length < ID_DIGITS_MIN) {
      return undefined;
    }
    const found = await reader.scan({ prefix: commitKey(uid, digits as CommitId), limit: 2 });
    if (found.length > 1) {
      throw invalid(`"${digits}" begins the ids of several commits: give more digits.`);
    }
    const length = familyOf('c', uid).length;
    return found[0] && (found[0].key.subarray(length).toString('utf8') as CommitId);
  }

  /** Follows `~N` (N first parents) and `^N` (the Nth parent). */
  private async step(
    reader: KvReader,
    uid: RepositoryUid,
    from: CommitId,
    steps: string,
    expression: string
  ): Promise<CommitId> {
    let id = from;
    for (const [, sign, digits] of steps.matchAll(/([~^])(\d*)/g)) {
      const n = digits ? Number(digits) : 1;
      const [times, parent] = sign === '~' ? [n, 1] : n === 0 ? [0, 0] : [1, n];
      for (let i = 0; i < times!; i++) {
        const next = (await this.history.get(uid, id, reader)).parents[parent! - 1];
        if (!next) {
          throw new CatalogError(
            'ref-not-found',
            `"${expression}" leads past the beginning: commit ${id} has no parent ${parent}.`,
            { ref: expression }
          );
        }
        id = next;
      }
    }
    return id;
  }
}
