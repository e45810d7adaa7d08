import { createHash } from 'node:crypto';

import { checkUnchanged } from '../../blocks/external.js';
import type { ContentId } from '../../ids.js';
import { DigestComparison, wrongOfParts, type ChecksumAlgorithm, type Checksums } from '../checksums.js';
import { segmentsId } from '../contents.js';
import { externalContent } from '../external-content.js';
import { HashSet } from '../hash-set.js';
import { contentKey } from '../keys.js';
import { decodeBlock, partsOf, type BlockRecord, type ExternalSource, type Segment } from '../records.js';
import type { CheckContext } from './context.js';

/** Holds the contents of one repository against what refers to them. */
export class BlockCheck {
  /** Contents whose block was looked at. */
  readonly seen = new HashSet();
  /** Contents with the size that something said of them. */
  private readonly claims = new HashSet();

  constructor(
    private readonly context: CheckContext,
    private readonly contents: boolean
  ) {}

  /** `where` refers to this content, and says that it has `size` bytes. Each content is read once. */
  async need(contentId: ContentId, size: number, where: string): Promise<void> {
    const id = Buffer.from(contentId, 'hex');
    if (!this.claims.add(withSize(id, size))) {
      return;
    }
    const { tally, kv, uid } = this.context;
    const found = await kv.snapshot(reader => reader.get(contentKey(uid, contentId)));
    if (!found) {
      return tally.damage(where, `There is no block record of content ${contentId}.`);
    }
    let record: BlockRecord;
    try {
      record = decodeBlock(found.value);
    } catch (error) {
      return tally.damage(where, `The block record of content ${contentId} is damaged: ${messageOf(error)}`);
    }
    if (record.size !== size) {
      await tally.damage(where, `Content ${contentId} has ${record.size} bytes instead of ${size}.`);
    }
    if (this.seen.add(id)) {
      tally.checked.blocks++;
      await this.place(contentId, record, where);
    }
  }

  private async place(contentId: ContentId, record: BlockRecord, where: string): Promise<void> {
    const { tally } = this.context;
    const { size, place, checksums } = record;
    const wrong: Wrong = what => tally.damage(where, `Content ${contentId} ${what}`);
    switch (place.kind) {
      case 'expired':
        tally.report.expired++;
        return;
      case 'inline':
        tally.checked.bytes += place.bytes.length;
        if (place.bytes.length !== size || sha256(place.bytes) !== contentId) {
          return wrong('has other bytes in the store than its id says.');
        }
        return this.inline(place.bytes, checksums, wrong);
      case 'file':
        return this.file(contentId, record, place.block, wrong);
      case 'segments': {
        const { parts } = place;
        if (segmentsId(parts) !== contentId || sum(parts) !== size) {
          await wrong('is made of other parts than its id says.');
        }
        for (const part of parts) {
          await this.need(part.contentId, part.size, where);
        }
        return checksums && this.checksumsOfParts(checksums, parts, wrong);
      }
      case 'external':
        tally.checked.files++;
        if (idOf(place, size) !== contentId) {
          return wrong(ANOTHER_FILE);
        }
        try {
          await checkUnchanged(place.path, { ...place, size });
        } catch (error) {
          await wrong(`is the imported file ${place.path}, which ${messageOf(error)}.`);
        }
        return;
      case 'copied':
        if (idOf(place.source, size) !== contentId) {
          return wrong(ANOTHER_FILE);
        }
        if (!(await this.isPlain(place.contentId))) {
          return wrong(`has its bytes in content ${place.contentId}, which is made of others itself.`);
        }
        return this.need(place.contentId, size, where);
    }
  }

  /** Whether a content has bytes of its own, as far as it is there. */
  private async isPlain(contentId: ContentId): Promise<boolean> {
    const { kv, uid } = this.context;
    const found = await kv.snapshot(reader => reader.get(contentKey(uid, contentId)));
    return !found || partsOf(decodeBlock(found.value).place).length === 0;
  }

  private async inline(bytes: Buffer, checksums: Checksums | undefined, wrong: Wrong): Promise<void> {
    const comparison = new DigestComparison(checksums?.digests);
    comparison.update(bytes);
    await otherChecksums(comparison.wrong(), wrong);
  }

  private async checksumsOfParts(checksums: Checksums, parts: Segment[], wrong: Wrong): Promise<void> {
    const { kv, uid } = this.context;
    const told = await kv.snapshot(async reader => {
      const found = [];
      for (const { contentId, size } of parts) {
        const record = await reader.get(contentKey(uid, contentId));
        found.push({ size, digests: record && decodeBlock(record.value).checksums?.digests });
      }
      return found;
    });
    await otherChecksums(wrongOfParts(checksums, told), wrong);
  }

  private async file(
    contentId: ContentId,
    { size, checksums }: BlockRecord,
    block: string,
    wrong: Wrong
  ): Promise<void> {
    const { tally, blocks, pace } = this.context;
    tally.checked.files++;
    const found = await blocks.size(block);
    if (found !== size) {
      const what = found === undefined ? 'is missing' : `has ${found} bytes instead of ${size}`;
      return wrong(`lies in file ${block}, which ${what}.`);
    }
    if (!this.contents) {
      return;
    }
    const hash = createHash('sha256');
    const comparison = new DigestComparison(checksums?.digests);
    try {
      for await (const chunk of blocks.read(block, 0, size)) {
        hash.update(chunk);
        comparison.update(chunk);
        tally.checked.bytes += chunk.length;
        await pace.step();
      }
    } catch (error) {
      await pace.step();
      return wrong(`lies in file ${block}, which cannot be read: ${messageOf(error)}`);
    }
    if (hash.digest('hex') !== contentId) {
      return wrong(`has other bytes in file ${block} than its id says.`);
    }
    await otherChecksums(comparison.wrong(), wrong);
  }
}

/** Reports what is wrong with a content. */
type Wrong = (what: string) => Promise<void>;

async function otherChecksums(algorithms: ChecksumAlgorithm[], wrong: Wrong): Promise<void> {
  if (algorithms.length > 0) {
    await wrong(`has other bytes than its checksums say (${algorithms.join(', ')}).`);
  }
}

const ANOTHER_FILE = 'is another imported file than its id says.';
const idOf = (source: ExternalSource, size: number) =>
  externalContent(source.path, { ...source, size }).contentId;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const sum = (parts: { size: number }[]) => parts.reduce((total, { size }) => total + size, 0);
export const messageOf = (error: unknown) => (error as Error).message;

/** A hash that stands for the pair. */
const withSize = (id: Buffer, size: number) => createHash('sha256').update(id).update(String(size)).digest();
