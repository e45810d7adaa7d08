import type { DataFile } from '../counting/statistics.js';

/** A file of a data set. */
export interface Member extends DataFile {
  /** The partition's folders below the data set; ends with '/' or is ''. */
  partition: string;
}

/** Contents with how often each is there, told apart by partition: the same bytes in another one are other rows. */
export class Bag {
  private readonly counts = new Map<string, number>();

  constructor(members: Member[] = []) {
    members.forEach(member => this.add(member));
  }

  add(member: Member): void {
    const key = keyOf(member);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** Takes one out; false where there is none. */
  take(member: Member): boolean {
    const key = keyOf(member);
    const count = this.counts.get(key) ?? 0;
    if (count > 1) {
      this.counts.set(key, count - 1);
    } else {
      this.counts.delete(key);
    }
    return count > 0;
  }

  has(member: Member): boolean {
    return this.counts.has(keyOf(member));
  }

  /** Whether everything of `other` is here `k` times, and nothing else. */
  isMultiple(k: number, other: Bag): boolean {
    return (
      this.counts.size === other.counts.size &&
      [...other.counts].every(([key, count]) => this.counts.get(key) === k * count)
    );
  }
}

/** What is on one side only, once what both have was taken away. */
export function differenceOf(left: Member[], right: Member[]): { removed: Member[]; added: Member[] } {
  const rest = new Bag(right);
  const removed = left.filter(member => !rest.take(member));
  const base = new Bag(left);
  return { removed, added: right.filter(member => !base.take(member)) };
}

function keyOf({ partition, entry }: Member): string {
  return `${entry.contentId}/${partition}`;
}
