import type { DataSetComparison } from '../../protocol/databranch.js';
import type { Diff } from '../../protocol/lakefs.js';
import type { RefusedWrite } from '../../protocol/sandboxes.js';

/** The MIME type in which `%%sandbox` gives its card, beside plain HTML and text. */
export const SANDBOX_MIME_TYPE = 'application/vnd.databranch.sandbox+json';

/** What became of a sandbox by the buttons of its card; kept in the notebook. */
export type SandboxOutcome =
  | { verb: 'kept'; branch: string }
  | { verb: 'merged'; branch: string; commit: string }
  | { verb: 'discarded' };

/** What a cell did on its sandbox, as the kernel tells it. */
export interface SandboxPayload {
  repository: string;
  branch: string;
  /** The ref that the sandbox was made from, and the branch that a merge goes to. */
  source: string;
  into: string;
  /** Seconds since the epoch. */
  expires_at: number;
  /** How long the cell ran. */
  seconds: number;
  failed: boolean;
  /** Whether there is a sandbox at all: one on which nothing was written is removed at once. */
  kept: boolean;
  /** Data sets with other rows than before; null where they could not be compared. */
  datasets: DataSetComparison[] | null;
  objects: { count: number; more: boolean; first: Pick<Diff, 'type' | 'path'>[] };
  refused: RefusedWrite[];
  refused_more: boolean;
  /** Whether `into` stood after the cell as it did before. */
  untouched: boolean;
  notes: string[];
  /** Notebook and cell, where the kernel knows them. */
  made_from: Record<string, string>;
  outcome?: SandboxOutcome;
}

/** Whether a MIME bundle's value is a card that this version can draw. */
export function isSandboxPayload(value: unknown): value is SandboxPayload {
  const { repository, branch, into, objects, refused, datasets, notes } = (value ??
    {}) as Partial<SandboxPayload>;
  return (
    [repository, branch, into].every(name => typeof name === 'string') &&
    Array.isArray(objects?.first) &&
    Array.isArray(refused) &&
    Array.isArray(notes) &&
    (datasets === null || Array.isArray(datasets))
  );
}
