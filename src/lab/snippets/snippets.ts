import type { DataFormat } from '../../protocol/rows.js';

/** The forms in which the place of data is copied: addresses, and code that reads them. */
export const SNIPPETS = ['s3a', 'lakefs', 'pandas', 'polars', 'duckdb', 'spark', 'link'] as const;

export type SnippetForm = (typeof SNIPPETS)[number];

export interface DataPlace {
  repository: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Of an object, or of a folder with a slash at its end; '' is everything. */
  path: string;
  /** What the files are, where it is known; else their names tell. */
  format?: string;
}

export function isSnippetForm(value: unknown): value is SnippetForm {
  return SNIPPETS.includes(value as SnippetForm);
}

/** Ends of names, without what they are compressed by. A folder is taken for Parquet, which most data sets are. */
const ENDS: readonly (readonly [RegExp, DataFormat])[] = [
  [/\.(csv|tsv|tab)$/i, 'csv'],
  [/\.(json|jsonl|ndjson)$/i, 'json'],
  [/\.(arrow|feather|ipc)$/i, 'arrow']
];

const FORMATS: readonly DataFormat[] = ['parquet', 'arrow', 'csv', 'json'];

function formatOf({ path, format }: DataPlace): DataFormat {
  const told = FORMATS.find(one => one === format);
  return told ?? ENDS.find(([end]) => end.test(plain(path)))?.[1] ?? 'parquet';
}

/** Whether fields are set apart by tabs, which readers of CSV want to be told. */
function isTabbed({ path }: DataPlace): boolean {
  return /\.(tsv|tab)$/i.test(plain(path));
}

function isFolder({ path }: DataPlace): boolean {
  return path === '' || path.endsWith('/');
}

/** A name without the end that says how the file is compressed. */
function plain(path: string): string {
  return path.replace(/\.(gz|zst)$/i, '');
}

/**
 * The address of data, or Python code that reads them. The code holds no key: the `databranch` package gives the
 * settings of the service that it finds.
 *
 * @param base - address of JupyterLab, for links
 */
export function snippetOf(form: SnippetForm, place: DataPlace, base: string): string {
  const { repository, ref, path } = place;
  const where = `${repository}/${ref}/${path}`;
  switch (form) {
    case 's3a':
      return `s3a://${where}`;
    case 'lakefs':
      return `lakefs://${where}`;
    case 'link':
      return linkTo(place, base);
    case 'pandas':
      return lines('import databranch', ...pandas(where, place));
    case 'polars':
      return lines('import databranch', ...polars(where, place));
    case 'duckdb':
      return lines('import databranch', ...duckdb(where, place));
    case 'spark':
      return lines('import databranch', ...spark(where, place));
  }
}

/** A link that opens the view of a folder or an object. */
export function linkTo({ repository, ref, path }: DataPlace, base: string): string {
  const place = [repository, ref, ...path.split('/')].map(encodeURIComponent).join('/');
  return `${base}?databranch=${place}`;
}

/** The branch object knows address and key of the service. */
function data(repository: string): string {
  return `data = databranch.connect().repository(${quote(repository)}).branch()`;
}

function pandas(where: string, place: DataPlace): string[] {
  const format = formatOf(place);
  if (format === 'parquet') {
    const read = `df = pd.read_parquet(${quote(where)}, filesystem=data.filesystem())`;
    return ['import pandas as pd', '', data(place.repository), read];
  }
  if (format === 'arrow' || isFolder(place)) {
    return [...dataset('df', where, place), 'df = df.to_table().to_pandas()'];
  }
  const how = format === 'json' ? ', lines=True' : isTabbed(place) ? String.raw`, sep="\t"` : '';
  return [
    'import pandas as pd',
    '',
    data(place.repository),
    `with data.filesystem().open_input_stream(${quote(where)}) as file:`,
    `    df = pd.read_${format}(file${how})`
  ];
}

function polars(where: string, place: DataPlace): string[] {
  const scan = { parquet: 'parquet', csv: 'csv', json: 'ndjson', arrow: 'ipc' }[formatOf(place)];
  const how = isTabbed(place) ? String.raw`separator="\t", ` : '';
  return [
    'import polars as pl',
    '',
    data(place.repository),
    `df = pl.scan_${scan}(${quote(`s3://${where}`)}, ${how}storage_options=data.object_store_options).collect()`
  ];
}

function duckdb(where: string, place: DataPlace): string[] {
  return ['import duckdb', ...dataset('rows', where, place), 'duckdb.sql("SELECT * FROM rows LIMIT 10")'];
}

function spark(where: string, place: DataPlace): string[] {
  const address = quote(`s3a://${where}`);
  const configure = `databranch.configure(spark, ${quote(place.repository)})`;
  const options = `.option("header", True)${isTabbed(place) ? String.raw`.option("sep", "\t")` : ''}`;
  switch (formatOf(place)) {
    case 'csv':
      return ['', configure, `df = spark.read${options}.csv(${address})`];
    case 'arrow':
      // Spark has no reader for Arrow files.
      return [...dataset('rows', where, place), 'df = spark.createDataFrame(rows.to_table().to_pandas())'];
    case 'json':
    case 'parquet':
      return ['', configure, `df = spark.read.${formatOf(place)}(${address})`];
  }
}

/** A data set of pyarrow, which DuckDB takes as a table: files of one folder, or one file. */
function dataset(name: string, where: string, place: DataPlace): string[] {
  const tabbed = isTabbed(place);
  const format = tabbed
    ? String.raw`ds.CsvFileFormat(csv.ParseOptions(delimiter="\t"))`
    : quote(formatOf(place));
  return [
    'import pyarrow.dataset as ds',
    ...(tabbed ? ['from pyarrow import csv'] : []),
    '',
    data(place.repository),
    `${name} = ds.dataset(${quote(where.replace(/\/$/, ''))}, format=${format}, filesystem=data.filesystem())`
  ];
}

/** A string as Python writes it: JSON's is one. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}
