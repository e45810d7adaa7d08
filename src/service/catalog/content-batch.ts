import type { RepositoryUid } from '../ids.js';
import type { Contents, LinkedContent } from './contents.js';

/** Contents collected before they are written: sorted, many that come together touch few pages of the store. */
const CONTENTS_MAX = 8_000;
const BYTES_MAX = 8 * 1024 * 1024;
/** Few enough that the writers beside it wait only moments. */
const CONTENTS_PER_WRITE = 2_000;
const BYTES_PER_WRITE = 8 * 1024 * 1024;
/** Memory for a content beside its bytes: id, path, objects. */
const OVERHEAD_BYTES = 200;

export interface PlacedContent extends LinkedContent {
  /** Called where the same content is there already, or when writing has failed. */
  discard?: () => Promise<void>;
}

/** Takes in block records of a verb at work, and writes them many at a time while the next ones come. */
export class ContentBatch {
  private collected: PlacedContent[] = [];
  private bytes = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly contents: Contents,
    private readonly uid: RepositoryUid
  ) {}

  /** Resolves, or answers at once, when the next one may come. */
  add(content: PlacedContent): void | Promise<void> {
    this.collected.push(content);
    this.bytes += OVERHEAD_BYTES + bytesOf(content);
    if (this.collected.length >= CONTENTS_MAX || this.bytes >= BYTES_MAX) {
      return this.flush();
    }
  }

  /** Resolves when all are durable. */
  async finish(): Promise<void> {
    await this.flush();
    await this.writing;
  }

  /** Gives up what was not written yet. */
  async discard(): Promise<void> {
    await this.writing.catch(() => undefined);
    await discardAll(this.collected);
    this.collected = [];
  }

  /** Begins to write what was collected, once that before is written. @throws what writing that met */
  private async flush(): Promise<void> {
    await this.writing;
    const batch = this.collected;
    this.collected = [];
    this.bytes = 0;
    this.writing = this.write(batch);
    // Whoever comes next hears of a failure; until then it is nobody's.
    this.writing.catch(() => undefined);
  }

  private async write(batch: PlacedContent[]): Promise<void> {
    batch.sort((a, b) => (a.contentId < b.contentId ? -1 : a.contentId > b.contentId ? 1 : 0));
    // All at once: the store groups them into one commit.
    await Promise.all(writesOf(batch).map(contents => this.writeSome(contents)));
  }

  private async writeSome(contents: PlacedContent[]): Promise<void> {
    let kept: boolean[] = [];
    try {
      kept = await this.contents.linkAll(this.uid, contents);
    } finally {
      await discardAll(contents.filter((_, i) => !kept[i]));
    }
  }
}

async function discardAll(contents: PlacedContent[]): Promise<void> {
  for (const { discard } of contents) {
    if (discard) {
      await discard();
    }
  }
}

function writesOf(batch: PlacedContent[]): PlacedContent[][] {
  const writes: PlacedContent[][] = [];
  let current: PlacedContent[] = [];
  let bytes = 0;
  for (const content of batch) {
    if (current.length === CONTENTS_PER_WRITE || bytes > BYTES_PER_WRITE) {
      writes.push(current);
      current = [];
      bytes = 0;
    }
    current.push(content);
    bytes += bytesOf(content);
  }
  return [...writes, current];
}

/** Of the record, about. */
function bytesOf({ place }: PlacedContent): number {
  switch (place.kind) {
    case 'inline':
      return place.bytes.length;
    case 'external':
      return place.path.length;
    case 'segments':
      return 38 * place.parts.length;
    default:
      return 0;
  }
}
