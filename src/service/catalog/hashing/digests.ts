import { createHash } from 'node:crypto';

/** What names a content and what clients check it by; both in hex. */
export interface Digests {
  md5: string;
  sha256: string;
}

export const ALGORITHMS = ['md5', 'sha256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The hashing of one body. */
export interface Hashing {
  /** Takes the next bytes, which the caller may change afterwards; waits while hashing is behind. */
  update(chunk: Uint8Array): Promise<void>;
  /** The digests of all that was taken. The last call. */
  finish(): Promise<Digests>;
  /** Ends it without a result; nothing after {@link finish}. */
  abandon(): void;
}

/** The digests of bytes that are here already, one piece after the other. */
export function digestsOf(pieces: Uint8Array[]): Digests {
  const [md5, sha256] = ALGORITHMS.map(algorithm => {
    const hash = createHash(algorithm);
    pieces.forEach(piece => hash.update(piece));
    return hash.digest('hex');
  });
  return { md5: md5!, sha256: sha256! };
}

/** Hashes on the caller's thread. */
export class InlineHashing implements Hashing {
  private readonly hashes = ALGORITHMS.map(algorithm => createHash(algorithm));

  async update(chunk: Uint8Array): Promise<void> {
    this.hashes.forEach(hash => hash.update(chunk));
  }

  async finish(): Promise<Digests> {
    const [md5, sha256] = this.hashes.map(hash => hash.digest('hex'));
    return { md5: md5!, sha256: sha256! };
  }

  abandon(): void {}
}
