import type { ObjectStats } from '../../protocol/lakefs.js';

/** How an object is shown. */
export interface PreviewKind {
  /** The type by which one of JupyterLab's renderers is chosen. */
  mimeType: string;
  /** Bytes read at most. */
  bytesMax: number;
  /** Whether a beginning is worth showing: of a text it is, of an image not. */
  partial: boolean;
}

const MIB = 1024 * 1024;

/** More text than this is slow to lay out, and nobody reads it here. */
const TEXT: PreviewKind = { mimeType: 'text/plain', bytesMax: 64 * 1024, partial: true };
const MARKDOWN: PreviewKind = { mimeType: 'text/markdown', bytesMax: MIB, partial: false };
const JSON_TREE: PreviewKind = { mimeType: 'application/json', bytesMax: MIB, partial: false };
const image = (mimeType: string): PreviewKind => ({ mimeType, bytesMax: 20 * MIB, partial: false });

/** By the end of the name. SVG and HTML are shown as text: what lies in the data never becomes a page here. */
const KINDS: Record<string, PreviewKind> = {
  png: image('image/png'),
  jpg: image('image/jpeg'),
  jpeg: image('image/jpeg'),
  gif: image('image/gif'),
  webp: image('image/webp'),
  bmp: image('image/bmp'),
  md: MARKDOWN,
  markdown: MARKDOWN,
  json: JSON_TREE,
  geojson: JSON_TREE,
  ipynb: JSON_TREE
};

/** Binary tables and archives: their bytes tell a reader nothing. */
const OPAQUE = new Set([
  'parquet',
  'pq',
  'parq',
  'arrow',
  'arrows',
  'feather',
  'ipc',
  'orc',
  'avro',
  'gz',
  'zst',
  'zip',
  'tar',
  'bz2',
  'xz'
]);

/** Files whose rows the service shows, by the end of their name; the text formats also as compressed files. */
const TABLES = [
  /\.(parquet|pq|parq|arrow|arrows|feather|ipc)$/i,
  /\.parquet\.(gz|gzip)$/i,
  /\.(csv|psv|tsv|tab|json|jsonl|ndjson)(\.(gz|gzip|zst|zstd))?$/i
];

/** Whether an object may be shown as a table; `maybe` for JSON, which may also be one document. */
export function isTable({ path }: Pick<ObjectStats, 'path'>): boolean | 'maybe' {
  return /\.json$/i.test(path) ? 'maybe' : TABLES.some(ending => ending.test(path));
}

/** How an object's bytes may be shown; null when its bytes tell a reader nothing. What is neither is tried as text. */
export function previewKindOf({ path }: Pick<ObjectStats, 'path'>): PreviewKind | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  return OPAQUE.has(ending) ? null : (KINDS[ending] ?? TEXT);
}
