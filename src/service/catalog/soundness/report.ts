/** One thing that {@link Soundness} found. */
export interface Finding {
  /**
   * `damage`: something that is needed is missing or wrong. `collectable`: nothing needs it, the next garbage
   * collection removes it.
   */
  severity: 'damage' | 'collectable';
  /** "repository lake, branch main". */
  where: string;
  /** A sentence. */
  what: string;
}

export interface Checked {
  repositories: number;
  branches: number;
  tags: number;
  operations: number;
  uploads: number;
  commits: number;
  nodes: number;
  /** Entries of trees, each node's counted once, and of staged layers. */
  entries: number;
  blocks: number;
  files: number;
  /** Bytes of objects whose hash was computed. */
  bytes: number;
}

export interface SoundnessReport {
  sound: boolean;
  checked: Checked;
  damage: number;
  collectable: number;
  /** Contents that retention rules let go: they are known to be gone, and are no damage. */
  expired: number;
}

export interface SoundnessOptions {
  /** Reads every object and compares its hash (default); without, only that it is there and has its size. */
  contents?: boolean;
  /** Hears of each finding as it is made; what it returns is waited for. */
  onFinding?: (finding: Finding) => void | Promise<void>;
  signal?: AbortSignal;
}

/** Keeps count while a check runs. */
export class Tally {
  readonly report: SoundnessReport = {
    sound: true,
    checked: {
      repositories: 0,
      branches: 0,
      tags: 0,
      operations: 0,
      uploads: 0,
      commits: 0,
      nodes: 0,
      entries: 0,
      blocks: 0,
      files: 0,
      bytes: 0
    },
    damage: 0,
    collectable: 0,
    expired: 0
  };

  constructor(private readonly onFinding: NonNullable<SoundnessOptions['onFinding']> = () => undefined) {}

  get checked(): Checked {
    return this.report.checked;
  }

  async damage(where: string, what: string): Promise<void> {
    this.report.damage++;
    this.report.sound = false;
    await this.onFinding({ severity: 'damage', where, what });
  }

  async collectable(where: string, what: string): Promise<void> {
    this.report.collectable++;
    await this.onFinding({ severity: 'collectable', where, what });
  }
}
