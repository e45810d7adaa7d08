import { opendir } from 'node:fs/promises';

/** Names sorted at one go: few enough that nobody waits for it. */
const NAMES_PER_RUN = 8_192;
/** Names read at a time. */
const NAMES_PER_READ = 1_024;
const SURROGATE = /[\ud800-\udfff]/;
/** No name has one. */
const SEPARATOR = '\0';

/**
 * The names in a folder, ascending by their bytes. A folder may have millions: they are kept in sorted runs, packed
 * to little more than their bytes, which are merged as they are taken.
 */
export class SortedNames {
  /** By the name at hand: a binary heap, the smallest first. */
  private readonly heap: Run[] = [];

  /** @throws as `opendir` */
  static async of(folder: string): Promise<SortedNames> {
    const sorted = new SortedNames();
    let names: string[] = [];
    // Not by readdir, which holds them all at once, and twice.
    for await (const { name } of await opendir(folder, { bufferSize: NAMES_PER_READ })) {
      names.push(name);
      if (names.length === NAMES_PER_RUN) {
        sorted.add(names);
        names = [];
      }
    }
    sorted.add(names);
    return sorted;
  }

  /** At most `count` of those that were not taken yet; none at the end. */
  take(count: number): string[] {
    const taken: string[] = [];
    while (taken.length < count && this.heap.length > 0) {
      const run = this.heap[0]!;
      taken.push(run.name);
      if (!run.next()) {
        const last = this.heap.pop()!;
        if (this.heap.length > 0) {
          this.heap[0] = last;
        }
      }
      this.sink();
    }
    return taken;
  }

  private add(names: string[]): void {
    if (names.length > 0) {
      this.heap.push(new Run(sortByBytes(names)));
      this.rise();
    }
  }

  private rise(): void {
    const { heap } = this;
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!.name, heap[parent]!.name)) {
        return;
      }
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  private sink(): void {
    const { heap } = this;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[child]!.name, heap[least]!.name)) {
          least = child;
        }
      }
      if (least === at) {
        return;
      }
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

/** Sorted names, packed; the first one is at hand. */
class Run {
  private readonly packed: Buffer;
  private at = 0;
  name = '';

  constructor(names: string[]) {
    this.packed = Buffer.from(names.join(SEPARATOR) + SEPARATOR);
    this.next();
  }

  /** Goes to the next name; false when there is none. */
  next(): boolean {
    const end = this.packed.indexOf(0, this.at);
    if (end < 0) {
      return false;
    }
    this.name = this.packed.toString('utf8', this.at, end);
    this.at = end + 1;
    return true;
  }
}

/** JavaScript orders by UTF-16, which is the order of UTF-8 as long as there are no surrogates. */
function sortByBytes(names: string[]): string[] {
  return names.some(name => SURROGATE.test(name)) ? names.sort(compareBytes) : names.sort();
}

/** Whether `a` comes before `b` by their bytes in UTF-8. */
export function isBefore(a: string, b: string): boolean {
  return SURROGATE.test(a) || SURROGATE.test(b) ? compareBytes(a, b) < 0 : a < b;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
