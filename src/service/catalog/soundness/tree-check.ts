import { createHash } from 'node:crypto';

import type { NodeHash } from '../../ids.js';
import { decodeNode, type InnerNode, LeafNode, type Node } from '../../tree/node.js';
import { decodeValue, hashOf } from '../../tree/record.js';
import { OutsideValue, type StoredValue } from '../../tree/value.js';
import { decodeEntry, entryRules } from '../entry.js';
import { HashSet } from '../hash-set.js';
import { nodeKey } from '../keys.js';
import { messageOf, type BlockCheck } from './block-check.js';
import type { CheckContext } from './context.js';

/** What a parent says of a child; a root is not spoken of. */
interface Claim {
  level: number;
  /** Keys of the subtree are above this (undefined: of any size) and end with `lastKey`. */
  above: Buffer | undefined;
  lastKey: Buffer;
  count: number;
  bytes: number;
}

interface Step {
  hash: NodeHash;
  claim?: Claim;
}

/**
 * Checks the trees of one repository: bytes against hashes, order of keys, summaries, entries and what they refer
 * to. A node that several trees share is read once for each different thing that is said of it.
 */
export class TreeCheck {
  /** Nodes and values that were looked at. */
  readonly seen = new HashSet();
  private readonly claims = new HashSet();

  constructor(
    private readonly context: CheckContext,
    private readonly blocks: BlockCheck
  ) {}

  async check(root: NodeHash, where: string): Promise<void> {
    const steps: Step[] = [{ hash: root }];
    for (let step = steps.pop(); step; step = steps.pop()) {
      await this.context.pace.step();
      const known = step.claim
        ? !this.claims.add(hashOfClaim(step.hash, step.claim))
        : this.seen.has(Buffer.from(step.hash, 'hex'));
      if (!known) {
        steps.push(...(await this.step(step, where)));
      }
    }
  }

  /** Looks at one node and gives the children that are still to be looked at. */
  private async step({ hash, claim }: Step, where: string): Promise<Step[]> {
    const { tally } = this.context;
    const damage = (what: string) => tally.damage(where, `Tree node ${hash} ${what}`);
    const isNew = this.seen.add(Buffer.from(hash, 'hex'));
    const bytes = await this.record(hash);
    if (!bytes) {
      await damage('is missing.');
      return [];
    }
    if (hashOf(bytes) !== hash) {
      await damage('has other bytes than its hash says.');
      return [];
    }
    let node: Node;
    let wrong: string | undefined;
    try {
      node = decodeNode(bytes);
      wrong = claim && contradiction(node, claim);
    } catch (error) {
      await damage(`cannot be read: ${messageOf(error)}`);
      return [];
    }
    if (wrong) {
      await damage(wrong);
    }
    if (!isNew) {
      // What is on its left matters to its first child only.
      return node instanceof LeafNode ? [] : childrenOf(node, claim?.above).slice(0, 1);
    }
    tally.checked.nodes++;
    if (!ascends(node)) {
      await damage('has keys that do not ascend.');
    }
    if (node instanceof LeafNode) {
      await this.entries(node, where);
      return [];
    }
    return childrenOf(node, claim?.above);
  }

  private async entries(leaf: LeafNode, where: string): Promise<void> {
    for (let i = 0; i < leaf.length; i++) {
      const value = await this.value(leaf.value(i), where);
      if (value) {
        this.context.tally.checked.entries++;
        await this.entry(value, `${where}, object ${leaf.key(i).toString('utf8')}`);
      }
    }
  }

  /** Checks an encoded entry of a tree or of a staged layer. */
  async entry(value: Buffer, where: string): Promise<void> {
    let entry;
    try {
      entry = decodeEntry(value);
    } catch (error) {
      return this.context.tally.damage(where, `The entry cannot be read: ${messageOf(error)}`);
    }
    await this.context.pace.step();
    await this.blocks.need(entry.contentId, entry.size, where);
  }

  private async value(stored: StoredValue, where: string): Promise<Buffer | undefined> {
    if (!(stored instanceof OutsideValue)) {
      return stored;
    }
    if (!this.seen.add(Buffer.from(stored.hash, 'hex'))) {
      return undefined;
    }
    const { tally } = this.context;
    const bytes = await this.record(stored.hash);
    if (!bytes || hashOf(bytes) !== stored.hash) {
      const what = bytes ? 'has other bytes than its hash says.' : 'is missing.';
      await tally.damage(where, `The record ${stored.hash} of a long entry ${what}`);
      return undefined;
    }
    const value = decodeValue(bytes);
    if (entryRules.weight(value) !== stored.weight) {
      await tally.damage(
        where,
        `The record ${stored.hash} of a long entry has another size than its node says.`
      );
    }
    return value;
  }

  private async record(hash: NodeHash): Promise<Buffer | undefined> {
    const { kv, uid } = this.context;
    return (await kv.snapshot(reader => reader.get(nodeKey(uid, hash))))?.value;
  }
}

function ascends(node: Node): boolean {
  for (let i = 1; i < node.length; i++) {
    if (Buffer.compare(node.key(i - 1), node.key(i)) >= 0) {
      return false;
    }
  }
  return true;
}

/** What is wrong with what a parent says of a node, as the rest of a sentence. */
function contradiction(node: Node, claim: Claim): string | undefined {
  if (node.level !== claim.level) {
    return `is on level ${node.level}, its parent on level ${claim.level + 1}.`;
  }
  if (node.length === 0 || !node.lastKey.equals(claim.lastKey)) {
    return 'does not end with the key that its parent says.';
  }
  if (claim.above && node.level === 0 && Buffer.compare(claim.above, node.key(0)) >= 0) {
    return 'begins before its left neighbour ends.';
  }
  const { count, bytes } = summaryOf(node);
  return count === claim.count && bytes === claim.bytes
    ? undefined
    : 'does not hold as many entries or bytes as its parent says.';
}

function summaryOf(node: Node): { count: number; bytes: number } {
  const summary = { count: 0, bytes: 0 };
  for (let i = 0; i < node.length; i++) {
    const item = node instanceof LeafNode ? { count: 1, bytes: weight(node.value(i)) } : node.summary(i);
    summary.count += item.count;
    summary.bytes += item.bytes;
  }
  return summary;
}

const weight = (value: StoredValue) =>
  value instanceof OutsideValue ? value.weight : entryRules.weight(value);

function childrenOf(node: InnerNode, above: Buffer | undefined): Step[] {
  return Array.from({ length: node.length }, (_, i) => {
    const { hash, key, count, bytes } = node.item(i);
    const left = i === 0 ? above : node.key(i - 1);
    return { hash, claim: { level: node.level - 1, above: left, lastKey: key, count, bytes } };
  });
}

/** A hash that stands for a node together with what is said of it. */
function hashOfClaim(hash: NodeHash, { level, above, lastKey, count, bytes }: Claim): Buffer {
  const lengths = [level, count, bytes, above?.length ?? -1, lastKey.length].join();
  return createHash('sha256')
    .update(`${hash} ${lengths} `)
    .update(above ?? '')
    .update(lastKey)
    .digest();
}
