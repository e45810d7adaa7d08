const WORDS = 4;
const SLOTS_FIRST = 1_024;
/** Fuller than this, look-ups get long. */
const FILLED_MAX = 0.7;

/**
 * A set of hashes, as compact as it can be looked up fast: the first 16 bytes of each in an open table, without an
 * object per hash. A million take 32 MiB. The other half of a SHA-256 is not kept: that two hashes share the first
 * 128 bits does not happen by chance, and costs 2^64 attempts to bring about.
 */
export class HashSet {
  private slots = new Uint32Array(SLOTS_FIRST * WORDS);
  private filled = 0;

  get size(): number {
    return this.filled;
  }

  /** Takes the 16 bytes from `at` on in; answers whether they are new. */
  add(bytes: Buffer, at = 0): boolean {
    const slot = this.find(this.slots, bytes, at);
    if (!this.isFree(this.slots, slot)) {
      return false;
    }
    this.write(this.slots, slot, bytes, at);
    if (++this.filled > (this.slots.length / WORDS) * FILLED_MAX) {
      this.grow();
    }
    return true;
  }

  has(bytes: Buffer, at = 0): boolean {
    return !this.isFree(this.slots, this.find(this.slots, bytes, at));
  }

  /** Where the hash lies in `slots`, or the free place where it would. */
  private find(slots: Uint32Array, bytes: Buffer, at: number): number {
    const [a, b, c] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)];
    const d = lastWord(bytes, at);
    // Hashes are evenly spread as they are, but those of imported files begin with an inode.
    for (let slot = (b * WORDS) % slots.length; ; slot = (slot + WORDS) % slots.length) {
      const same =
        slots[slot] === a && slots[slot + 1] === b && slots[slot + 2] === c && slots[slot + 3] === d;
      if (same || this.isFree(slots, slot)) {
        return slot;
      }
    }
  }

  private isFree(slots: Uint32Array, slot: number): boolean {
    return slots[slot + 3] === 0;
  }

  private write(slots: Uint32Array, slot: number, bytes: Buffer, at: number): void {
    for (let word = 0; word < WORDS - 1; word++) {
      slots[slot + word] = bytes.readUInt32LE(at + 4 * word);
    }
    slots[slot + 3] = lastWord(bytes, at);
  }

  private grow(): void {
    const bigger = new Uint32Array(this.slots.length * 2);
    const bytes = Buffer.alloc(4 * WORDS);
    for (let slot = 0; slot < this.slots.length; slot += WORDS) {
      if (!this.isFree(this.slots, slot)) {
        for (let word = 0; word < WORDS; word++) {
          bytes.writeUInt32LE(this.slots[slot + word]!, 4 * word);
        }
        this.write(bigger, this.find(bigger, bytes, 0), bytes, 0);
      }
    }
    this.slots = bigger;
  }
}

/** Never 0, which stands for a free slot; one bit of 128 is given up for that. */
function lastWord(bytes: Buffer, at: number): number {
  return (bytes.readUInt32LE(at + 12) | 1) >>> 0;
}
