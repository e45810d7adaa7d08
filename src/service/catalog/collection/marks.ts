import type { CommitId, NodeHash, RepositoryUid, StagingToken } from '../../ids.js';
import type { Kv } from '../../kv/kv.js';
import { EMPTY_ROOT } from '../../tree/empty.js';
import { decodeNode, LeafNode } from '../../tree/node.js';
import { decodeValue } from '../../tree/record.js';
import { OutsideValue } from '../../tree/value.js';
import { contentIdIn } from '../entry.js';
import { HashSet } from '../hash-set.js';
import { commitKey, nodeKey, partsOf, stagedLayer } from '../keys.js';
import type { Pace } from '../pace.js';
import { decodeRecord, type CommitRecord, type PartRecord, type RetentionRules } from '../records.js';
import { daysOf, horizonOf } from '../retention.js';
import type { Roots } from '../roots.js';
import { scanPages } from '../scan.js';

const RECORDS_PER_PAGE = 1_000;

/** Something that is needed is missing: whoever removes more cannot know what else is needed. */
export class DanglingReference extends Error {
  override name = 'DanglingReference';
  constructor(what: string) {
    super(`${what} is missing. Run "databranch fsck".`);
  }
}

/** Nodes and contents of a number of trees. */
interface Marked {
  nodes: HashSet;
  contents: HashSet;
}

/** What of one repository can be reached. */
export class Marks {
  /** Commits that can be reached; all of them are kept, with their trees. */
  private readonly commits = new HashSet();
  /** Those of them whose objects are kept too. */
  private readonly readable = new HashSet();
  /** Commits from which everything before them was marked. */
  private readonly walked = new HashSet();
  /** When commits were made, see {@link made}. */
  private readonly times = new Map<CommitId, number>();
  private readonly needed: Marked = { nodes: new HashSet(), contents: new HashSet() };
  /** What only commits beyond their retention have. */
  private readonly named: Marked = { nodes: new HashSet(), contents: new HashSet() };

  constructor(
    private readonly kv: Kv,
    private readonly uid: RepositoryUid,
    private readonly rules: RetentionRules | undefined,
    /** Milliseconds since the epoch. */
    private readonly now: number,
    private readonly pace: Pace
  ) {
    this.needed.nodes.add(Buffer.from(EMPTY_ROOT.hash, 'hex'));
  }

  /** @throws DanglingReference */
  async roots(roots: Roots): Promise<void> {
    // The longest retention first: a commit that was met with it need not be looked at with a shorter one.
    const commits = roots.commits
      .map(({ id, branch }) => ({ id, days: daysOf(this.rules, branch) }))
      .sort((a, b) => (a.days === b.days ? 0 : b.days - a.days));
    for (const { id, days } of commits) {
      await this.keep(id, days);
    }
    for (const { id } of commits) {
      await this.name(id);
    }
    for (const { token } of roots.layers) {
      await this.layer(token);
    }
    for (const { contentId } of roots.contents) {
      this.needed.contents.add(Buffer.from(contentId, 'hex'));
    }
    for (const { id, incarnation } of roots.uploads) {
      if (roots.incarnations.has(incarnation)) {
        await this.parts(id);
      }
    }
  }

  /** A commit that something came to refer to after the roots were read. */
  async late(id: CommitId): Promise<void> {
    await this.keep(id, daysOf(this.rules, undefined));
    await this.name(id);
  }

  hasCommit(id: Buffer): boolean {
    return this.commits.has(id);
  }

  hasNode(hash: Buffer): boolean {
    return this.needed.nodes.has(hash) || this.named.nodes.has(hash);
  }

  /** Whether the bytes of a content are needed. */
  needsContent(id: Buffer): boolean {
    return this.needed.contents.has(id);
  }

  /** Whether a tree names the content, readable or not. */
  namesContent(id: Buffer): boolean {
    return this.named.contents.has(id);
  }

  /** Marks a commit with its objects, and those before it that were replaced within the last `days`. */
  private async keep(id: CommitId, days: number): Promise<void> {
    const horizon = horizonOf(days, this.now);
    const pending = [id];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const bytes = Buffer.from(next, 'hex');
      if (!this.readable.add(bytes)) {
        continue;
      }
      this.commits.add(bytes);
      const commit = await this.commit(next);
      await this.tree(commit.root, this.needed);
      if (horizon === -Infinity || (await this.made(next)) >= horizon) {
        pending.push(...commit.parents);
      }
    }
  }

  /**
   * When a commit was made at the earliest, in seconds since the epoch: its own date may be one that a client chose,
   * or from a clock that was slow, but it came after all that is before it. Dates in the future say nothing of that.
   */
  private async made(id: CommitId): Promise<number> {
    const { times } = this;
    const pending = [id];
    for (let next = pending.at(-1); next; next = pending.at(-1)) {
      const { date, parents } = await this.commit(next);
      const missing = parents.filter(parent => !times.has(parent));
      if (missing.length > 0 && !times.has(next)) {
        pending.push(...missing);
        continue;
      }
      const before = parents.map(parent => times.get(parent)!).filter(time => time * 1000 <= this.now);
      times.set(next, Math.max(date, ...before));
      pending.pop();
    }
    return times.get(id)!;
  }

  /** Marks everything before a commit, whatever its age: history, and trees for merges, stay whole. */
  private async name(id: CommitId): Promise<void> {
    const pending = this.rules ? [id] : [];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const bytes = Buffer.from(next, 'hex');
      if (!this.walked.add(bytes)) {
        continue;
      }
      this.commits.add(bytes);
      const commit = await this.commit(next);
      if (!this.readable.has(bytes)) {
        await this.tree(commit.root, this.named);
      }
      pending.push(...commit.parents);
    }
  }

  private async tree(root: NodeHash, marked: Marked): Promise<void> {
    const pending = [root];
    for (let hash = pending.pop(); hash; hash = pending.pop()) {
      const bytes = Buffer.from(hash, 'hex');
      if (this.needed.nodes.has(bytes) || !marked.nodes.add(bytes)) {
        continue;
      }
      await this.pace.step();
      const node = decodeNode(await this.node(hash));
      for (let i = 0; i < node.length; i++) {
        if (!(node instanceof LeafNode)) {
          pending.push(node.hash(i));
          continue;
        }
        const value = node.value(i);
        marked.contents.add(
          contentIdIn(value instanceof OutsideValue ? await this.value(value, marked) : value)
        );
      }
    }
  }

  private async value({ hash }: OutsideValue, marked: Marked): Promise<Buffer> {
    marked.nodes.add(Buffer.from(hash, 'hex'));
    return decodeValue(await this.node(hash));
  }

  private async layer(token: StagingToken): Promise<void> {
    for await (const page of scanPages(this.kv, stagedLayer(token), RECORDS_PER_PAGE)) {
      for (const { value } of page) {
        if (value.length > 0) {
          this.needed.contents.add(contentIdIn(value));
        }
      }
      await this.pace.step();
    }
  }

  private async parts(uploadId: string): Promise<void> {
    for await (const page of scanPages(this.kv, partsOf(this.uid, uploadId), RECORDS_PER_PAGE)) {
      for (const { value } of page) {
        this.needed.contents.add(Buffer.from(decodeRecord<PartRecord>(value).contentId, 'hex'));
      }
      await this.pace.step();
    }
  }

  private async commit(id: CommitId): Promise<CommitRecord> {
    await this.pace.step();
    const found = await this.kv.snapshot(reader => reader.get(commitKey(this.uid, id)));
    if (!found) {
      throw new DanglingReference(`Commit ${id}`);
    }
    return decodeRecord<CommitRecord>(found.value);
  }

  private async node(hash: NodeHash): Promise<Buffer> {
    const found = await this.kv.snapshot(reader => reader.get(nodeKey(this.uid, hash)));
    if (!found) {
      throw new DanglingReference(`Tree node ${hash}`);
    }
    return found.value;
  }
}
