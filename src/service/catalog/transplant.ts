import type { ContentId, NodeHash, RepositoryUid } from '../ids.js';
import { decodeNode, LeafNode } from '../tree/node.js';
import { decodeValue } from '../tree/record.js';
import { OutsideValue } from '../tree/value.js';
import type { Contents } from './contents.js';
import { contentIdIn } from './entry.js';
import { CatalogError } from './errors.js';
import { HashSet } from './hash-set.js';
import { contentKey, nodeKey } from './keys.js';
import type { Pace } from './pace.js';
import { decodeBlock, type BlockRecord, type Place } from './records.js';
import type { Store } from './store.js';

/** With up to 16 KiB each, well below what one write can have. */
const CONTENTS_PER_WRITE = 300;
const NODES_PER_WRITE = 1_000;

interface Copied {
  contentId: ContentId;
  size: number;
  place: Place;
}

/**
 * Copies trees, and the contents that they name, from one repository to another, each record once. Bytes in files are
 * not read. Within one repository it writes nodes again and renews contents, as whoever comes to refer to them must.
 * To be used inside a verb that garbage collection waits for, since nothing refers to the copies yet.
 */
export class Transplant {
  private readonly nodesSeen = new HashSet();
  private readonly contentsSeen = new HashSet();
  private nodes: { key: Buffer; value: Buffer }[] = [];
  private contents: ContentId[] = [];

  constructor(
    private readonly store: Store,
    private readonly records: Contents,
    private readonly from: RepositoryUid,
    private readonly to: RepositoryUid,
    private readonly pace: Pace
  ) {}

  /** Takes in a tree. What of it is not written yet, {@link flush} writes. @throws unreadable-content */
  async tree(root: NodeHash): Promise<void> {
    const pending = [root];
    for (let hash = pending.pop(); hash; hash = pending.pop()) {
      if (!this.nodesSeen.add(Buffer.from(hash, 'hex'))) {
        continue;
      }
      await this.pace.step();
      const node = decodeNode(await this.node(hash));
      for (let i = 0; i < node.length; i++) {
        if (node instanceof LeafNode) {
          const value = node.value(i);
          await this.content(contentIdIn(value instanceof OutsideValue ? await this.outside(value) : value));
        } else {
          pending.push(node.hash(i));
        }
      }
    }
  }

  async flush(): Promise<void> {
    const nodes = this.nodes;
    this.nodes = [];
    await this.store.putAll(nodes);
    while (this.contents.length > 0) {
      await this.putContents(this.contents.splice(0, CONTENTS_PER_WRITE));
    }
  }

  private async outside({ hash }: OutsideValue): Promise<Buffer> {
    this.nodesSeen.add(Buffer.from(hash, 'hex'));
    return decodeValue(await this.node(hash));
  }

  private async node(hash: NodeHash): Promise<Buffer> {
    const found = await this.store.kv.snapshot(reader => reader.get(nodeKey(this.from, hash)));
    if (!found) {
      throw missing(`tree ${hash}`);
    }
    this.nodes.push({ key: nodeKey(this.to, hash), value: found.value });
    if (this.nodes.length >= NODES_PER_WRITE) {
      await this.flush();
    }
    return found.value;
  }

  private async content(id: Buffer): Promise<void> {
    if (this.contentsSeen.add(id)) {
      this.contents.push(id.toString('hex') as ContentId);
      if (this.contents.length >= CONTENTS_PER_WRITE) {
        await this.flush();
      }
    }
  }

  private async putContents(ids: ContentId[]): Promise<void> {
    const copies: Copied[] = [];
    try {
      for (const { contentId, record } of await this.read(ids)) {
        for (const part of record.place.kind === 'segments' ? record.place.parts : []) {
          await this.content(Buffer.from(part.contentId, 'hex'));
        }
        copies.push({ contentId, size: record.size, place: await this.copy(record.place) });
      }
      const kept = await this.store.apply(async reader => {
        const expect = [];
        const put = [];
        const kept = new Set<ContentId>();
        for (const content of copies) {
          const block = await this.records.link(reader, this.to, content);
          expect.push(...block.expect);
          put.push(...block.put);
          if (block.kept) {
            kept.add(content.contentId);
          }
        }
        return { write: { expect, put }, result: kept };
      });
      await this.discard(copies.filter(({ contentId }) => !kept.has(contentId)));
    } catch (error) {
      await this.discard(copies);
      throw error;
    }
  }

  private read(ids: ContentId[]): Promise<{ contentId: ContentId; record: BlockRecord }[]> {
    return this.store.kv.snapshot(async reader => {
      const found = [];
      for (const contentId of ids) {
        const record = await reader.get(contentKey(this.from, contentId));
        if (!record) {
          throw missing(`content ${contentId}`);
        }
        found.push({ contentId, record: decodeBlock(record.value) });
      }
      return found;
    });
  }

  /** Each repository has blocks of its own: what one of them no longer needs, it removes. */
  private async copy(place: Place): Promise<Place> {
    return place.kind === 'file' && this.from !== this.to
      ? { kind: 'file', block: await this.store.blocks.copy(place.block) }
      : place;
  }

  private async discard(copies: Copied[]): Promise<void> {
    if (this.from !== this.to) {
      for (const { place } of copies) {
        await this.records.discard(place);
      }
    }
  }
}

function missing(what: string): CatalogError {
  return new CatalogError('unreadable-content', `A ${what} is missing: run "databranch fsck".`);
}
