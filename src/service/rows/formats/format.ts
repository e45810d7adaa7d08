import type { DataFormat } from '../../../protocol/databranch.js';

/** Which reader reads a file. `tsv` is CSV that prefers the tab. */
export type FileKind = DataFormat | 'tsv';

/** A map, because an object also has what every object has: `constructor` is no ending. */
const KINDS = new Map<string, FileKind>(
  Object.entries({
    parquet: 'parquet',
    pq: 'parquet',
    parq: 'parquet',
    arrow: 'arrow',
    arrows: 'arrow',
    feather: 'arrow',
    ipc: 'arrow',
    csv: 'csv',
    psv: 'csv',
    tsv: 'tsv',
    tab: 'tsv',
    json: 'json',
    jsonl: 'json',
    ndjson: 'json'
  } as const)
);

/** Text formats may be compressed as a whole; which compression it is, their bytes say. */
const COMPRESSED = /\.(gz|gzip|zst|zstd)$/;
/** A name that pandas' documentation gives to Parquet files with gzip inside. */
const PARQUET_GZIP = /\.parquet\.(gz|gzip)$/;

/**
 * The kind of a data file by the end of its name, in any case; undefined for every other object. The name alone
 * decides, so that a listing says which bytes will be read, and a million images cost no read at all.
 */
export function kindOf(path: string): FileKind | undefined {
  const dot = path.lastIndexOf('.');
  // Most names are this plain, and every file of every node that is counted is asked.
  const plainKind = dot > path.lastIndexOf('/') ? KINDS.get(path.slice(dot + 1)) : undefined;
  if (plainKind) {
    return plainKind;
  }
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (PARQUET_GZIP.test(name)) {
    return 'parquet';
  }
  const plain = name.replace(COMPRESSED, '');
  const kind = plain.includes('.') ? KINDS.get(plain.slice(plain.lastIndexOf('.') + 1)) : undefined;
  return plain === name || isText(kind) ? kind : undefined;
}

/** The format that a kind belongs to, as the wire names it. */
export function formatOf(kind: FileKind): DataFormat {
  return kind === 'tsv' ? 'csv' : kind;
}

function isText(kind: FileKind | undefined): boolean {
  return kind === 'csv' || kind === 'tsv' || kind === 'json';
}
