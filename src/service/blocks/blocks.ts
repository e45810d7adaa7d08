/**
 * Where object bytes lie: immutable files, each written once, under names that this room chooses.
 * It knows nothing of repositories, entries or content ids.
 */

/** A file being written; nothing of it is visible or kept until `finish`. */
export interface BlockWriter {
  /** Appends; waits when the disk is slower than the caller, who does not change the chunk afterwards. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the bytes durable (file fsync, rename, folder fsync) and gives the block's name. */
  finish(): Promise<string>;
  /** Removes what was written. Harmless after `finish` has failed. */
  discard(): Promise<void>;
}

export interface Blocks {
  create(): Promise<BlockWriter>;
  /** Streams the bytes `start <= i < end` of a block, in chunks; nothing is held whole. @throws if the block is missing or shorter. */
  read(name: string, start: number, end: number): AsyncIterable<Buffer>;
  /** The local file that holds exactly the block's bytes, or undefined where there is none (remote stores). */
  localFile(name: string): string | undefined;
  /** Another block of the same bytes, durable like one that was written, without copying them where it can be. */
  copy(name: string): Promise<string>;
  /** Removes a block; a missing one is no error. */
  remove(name: string): Promise<void>;
  /** How many bytes a block has; undefined if it is missing. */
  size(name: string): Promise<number | undefined>;
  /** Whether a block is there with so many bytes, and can be opened. */
  holds(name: string, bytes: number): Promise<boolean>;
  /** The names of all finished blocks, in no order. */
  list(): AsyncIterable<string>;
  /** As `list`, without those that were finished since the service's start. */
  listEarlier(): AsyncIterable<string>;
}
