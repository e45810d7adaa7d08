import type { DataFile } from '../counting/statistics.js';
import { rowsIdOf, type DeletedRows } from '../engine/engine-files.js';

/** A file of a data set. */
export interface Member extends DataFile {
  /** The partition's folders below the data set; ends with '/' or is ''. */
  partition: string;
  /** Of a Delta table. */
  deletedRows?: DeletedRows;
}

/** Contents with how often each is there, told apart by what else makes them other rows. */
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

/** What a file's rows are known by: without those that are deleted, and in another partition, they are others. */
export function keyOf(member: Member): string {
  return `${rowsIdOf(member)}/${member.partition}`;
}
