/** What the service and its query engine, a child process, say to each other. One request is under way at a time. */
export type EngineRequest =
  | { kind: 'open'; session: EngineSession }
  | { kind: 'query'; sql: string }
  | { kind: 'convert'; source: string; target: string }
  | { kind: 'export'; sql: string; target: string }
  | { kind: 'close' };

export type EngineAnswer = { rows: EngineRow[] } | { error: string };

/** A row by column name; values that JSON has no type for (128-bit integers, times, …) as text. */
export type EngineRow = Record<string, unknown>;

/** The world of one DuckDB: nothing outside of it can be read, and nothing but `spillFolder` written. */
export interface EngineSession {
  /** The files that queries may read: absolute paths. */
  files: string[];
  /** Exists, and is used by this session alone. */
  spillFolder: string;
  memoryBytes: number;
  spillBytes: number;
  threads: number;
}
