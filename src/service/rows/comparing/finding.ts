import type { Basis, SchemaChange, Verdict } from '../../../protocol/databranch.js';

/** What a comparison of two data sets found, for the wire and for the sentence. */
export interface Finding {
  verdict: Verdict;
  /** For `repeated` and `deduplicated`. */
  times: number | null;
  basis: Basis;
  comparedAs: 'text' | null;
  schemaChanges: SchemaChange[];
  details: Details;
}

/** What only the sentence says. */
export interface Details {
  /** How often the rows of the smaller side are on the larger, although the verdict is `changed` for another reason. */
  sameRows?: { times: number; larger: 'left' | 'right' };
  /** Which side's CSV has a header line that the other side took for a row. */
  headerAsData?: 'left' | 'right';
  /** Files that are on one side only, where all others are the same. */
  onlyAdded?: number;
  onlyRemoved?: number;
  /** All of `onlyAdded` are contents that the left side has too. */
  addedAgain?: boolean;
  /** The rows were compared and are not the same. */
  compared?: boolean;
  /** Why rows were not compared, or not counted: the end of a sentence. */
  reason?: string;
  /** Of `equal`: other files hold the rows than on the left side. */
  otherFiles?: boolean;
  /** Files without rows that are on the right side only: the first by path, and how many. */
  empty?: { path: string; files: number };
  /** What to call the left side where it is not just its ref: a file or a folder. */
  leftName?: string;
}

export function finding(verdict: Verdict, basis: Basis, rest: Partial<Finding> = {}): Finding {
  return { verdict, basis, times: null, comparedAs: null, schemaChanges: [], details: {}, ...rest };
}
