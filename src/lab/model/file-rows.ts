/** So many files are asked about at a time: the panel's extras must not hold up what the user asked for. */
const AT_A_TIME = 2;

/** Row counts of single files, asked for as they come into view and kept until the branch changes. */
export class FileRows {
  /** @param _count - asks the service for the rows of one file */
  constructor(private readonly _count: (path: string) => Promise<number>) {}

  /** Rows of the file. @throws RequestError */
  get(path: string): Promise<number> {
    let rows = this._kept.get(path);
    if (!rows) {
      rows = this._inTurn(() => this._count(path));
      this._kept.set(path, rows);
    }
    return rows;
  }

  /** Forgets all counts. */
  clear(): void {
    this._kept.clear();
  }

  private async _inTurn(count: () => Promise<number>): Promise<number> {
    if (this._running >= AT_A_TIME) {
      await new Promise<void>(resolve => this._waiting.push(resolve));
    }
    this._running++;
    try {
      return await count();
    } finally {
      this._running--;
      this._waiting.shift()?.();
    }
  }

  private readonly _kept = new Map<string, Promise<number>>();
  private readonly _waiting: (() => void)[] = [];
  private _running = 0;
}
