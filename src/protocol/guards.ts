/** What our additions say of guards: the rules of `_databranch/guards.yaml`. */

/** What a rule allows: so many rows, or so many percent of those that were there. */
export type GuardLimit = { rows: number } | { percent: number };

/** One guard of the file, with what it leaves out as null. */
export interface GuardRules {
  /** A pattern of data sets' folders. */
  path: string;
  level: 'refuse' | 'warn';
  /** Columns by which rows are the same; empty: by all. */
  no_added_duplicates: string[] | null;
  max_row_loss: GuardLimit | null;
  max_row_growth: GuardLimit | null;
  schema: 'compatible' | 'identical' | null;
  required_columns: string[] | null;
  not_null: string[] | null;
}

/** `POST …/databranch/guards/check` with the text of such a file */
export interface GuardsChecked {
  guards: GuardRules[];
  /** Why the text cannot be read as guards, with the place; null where it can. */
  wrong: string | null;
}

/** `GET …/repositories/{repository}/refs/{ref}/guards`: as committed; what lies uncommitted on a branch does not hold. */
export interface GuardsOfRef extends GuardsChecked {
  ref: string;
  commit_id: string;
  /** `default`: the ref has no file, and the guard that every branch has only warns of duplicates. */
  origin: 'file' | 'default';
  /** The file; null where there is none, or where it is too large to be one. */
  text: string | null;
}
