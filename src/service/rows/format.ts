import type { DataFormat } from '../../protocol/databranch.js';

/** Which reader reads a file. `tsv` is CSV that prefers the tab. */
export type FileKind = DataFormat | 'tsv';

const KINDS: Record<string, FileKind> = {
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
};

/** Text formats may be compressed as a whole; which compression it is, their bytes say. */
const COMPRESSED = /\.(gz|gzip|zst|zstd)$/;
/** A name that pandas' documentation gives to Parquet files with gzip inside. */
const PARQUET_GZIP = /\.parquet\.(gz|gzip)$/;

/**
 * The kind of a data file by the end of its name, in any case; undefined for every other object. The name alone
 * decides, so that a listing says which bytes will be read, and a million images cost no read at all.
 */
export function kindOf(path: string): FileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (PARQUET_GZIP.test(name)) {
    return 'parquet';
  }
  const plain = name.replace(COMPRESSED, '');
  const kind = plain.includes('.') ? KINDS[plain.slice(plain.lastIndexOf('.') + 1)] : undefined;
  return plain === name || isText(kind) ? kind : undefined;
}

/** The format that a kind belongs to, as the wire names it. */
export function formatOf(kind: FileKind): DataFormat {
  return kind === 'tsv' ? 'csv' : kind;
}

function isText(kind: FileKind | undefined): boolean {
  return kind === 'csv' || kind === 'tsv' || kind === 'json';
}
