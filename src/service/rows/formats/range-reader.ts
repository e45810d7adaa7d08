import type { Contents } from '../../catalog/contents.js';
import type { ContentId } from '../../ids.js';

/**
 * The one seam through which every format is read: a reader first decides which bytes it needs, then asks for
 * them. It does not matter where they lie.
 */
export interface RangeReader {
  /** Bytes in all. */
  readonly byteLength: number;
  /** The bytes `start <= i < end`, all of them. @throws if they cannot be had */
  slice(start: number, end: number): Promise<Uint8Array>;
  /** All bytes from the first to the last, in chunks. */
  stream(): AsyncIterable<Uint8Array>;
}

/** Reads an object's content where the catalog keeps it. */
export function contentReader(
  contents: Pick<Contents, 'read'>,
  repository: string,
  contentId: ContentId,
  byteLength: number
): RangeReader {
  return {
    byteLength,
    async slice(start, end) {
      const chunks: Buffer[] = [];
      for await (const chunk of contents.read(repository, contentId, start, end)) {
        chunks.push(chunk);
      }
      return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    },
    stream: () => contents.read(repository, contentId, 0, byteLength)
  };
}
