import type { ContentId, NodeHash, RepositoryUid } from '../ids.js';
import { decodeNode, LeafNode } from '../tree/node.js';
import { decodeValue } from '../tree/record.js';
import { OutsideValue } from '../tree/value.js';
import { ContentBatch, type PlacedContent } from './content-batch.js';
import type { Contents } from './contents.js';
import { contentIdIn } from './entry.js';
import { CatalogError } from './errors.js';
import { HashSet } from './hash-set.js';
import { contentKey, nodeKey } from './keys.js';
import type { Pace } from './pace.js';
import { decodeBlock, partsOf, type BlockRecord, type Place } from './records.js';
import type { Store } from './store.js';

/** Contents whose records are looked up at once. */
const CONTENTS_PER_LOOK = 300;
const NODES_PER_WRITE = 1_000;

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
  private batch: ContentBatch;

  constructor(
    private readonly store: Store,
    private readonly records: Contents,
    private readonly from: RepositoryUid,
    private readonly to: RepositoryUid,
    private readonly pace: Pace
  ) {
    this.batch = new ContentBatch(records, to);
  }

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

  /** Resolves when everything taken in is durable. */
  async flush(): Promise<void> {
    await this.putNodes();
    await this.putContents();
    await this.batch.finish();
    this.batch = new ContentBatch(this.records, this.to);
  }

  /** Gives up what is not written yet. */
  async discard(): Promise<void> {
    await this.batch.discard();
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
      await this.putNodes();
    }
    return found.value;
  }

  private async content(id: Buffer): Promise<void> {
    if (this.contentsSeen.add(id)) {
      this.contents.push(id.toString('hex') as ContentId);
      if (this.contents.length >= CONTENTS_PER_LOOK) {
        await this.putContents();
      }
    }
  }

  private async putNodes(): Promise<void> {
    const nodes = this.nodes;
    this.nodes = [];
    await this.store.putAll(nodes);
  }

  private async putContents(): Promise<void> {
    while (this.contents.length > 0) {
      for (const { contentId, record } of await this.read(this.contents.splice(0, CONTENTS_PER_LOOK))) {
        await this.pace.step();
        for (const part of partsOf(record.place)) {
          if (this.contentsSeen.add(Buffer.from(part, 'hex'))) {
            this.contents.push(part);
          }
        }
        const { size, checksums, place } = record;
        await this.batch.add({ contentId, size, checksums, ...(await this.copy(place)) });
      }
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
  private async copy(place: Place): Promise<Pick<PlacedContent, 'place' | 'discard'>> {
    if (place.kind !== 'file' || this.from === this.to) {
      return { place };
    }
    const copied: Place = { kind: 'file', block: await this.store.blocks.copy(place.block) };
    return { place: copied, discard: () => this.records.discard(copied) };
  }
}

function missing(what: string): CatalogError {
  return new CatalogError('unreadable-content', `A ${what} is missing: run "databranch fsck".`);
}
