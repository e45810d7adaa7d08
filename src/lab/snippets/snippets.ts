/** The forms in which the place of data is copied: addresses, and code that reads it. */
export const SNIPPETS = ['s3a', 'lakefs', 'pandas', 'polars', 'duckdb', 'spark', 'link'] as const;

export type SnippetForm = (typeof SNIPPETS)[number];

export interface DataPlace {
  repository: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Of an object, or of a folder with a slash at its end; '' is everything. */
  path: string;
}

export function isSnippetForm(value: unknown): value is SnippetForm {
  return SNIPPETS.includes(value as SnippetForm);
}

type Format = 'parquet' | 'csv' | 'json';

/** By the end of the name; a folder is taken for Parquet, which most data sets are. */
function formatOf(path: string): Format {
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) {
    return 'csv';
  }
  return /\.(json|jsonl|ndjson)(\.gz)?$/i.test(path) ? 'json' : 'parquet';
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
      return pandas(where, place);
    case 'polars':
      return polars(where, place);
    case 'duckdb':
      return duckdb(where, place);
    case 'spark':
      return spark(where, path);
  }
}

/** A link that opens the view of a folder or an object. */
export function linkTo({ repository, ref, path }: DataPlace, base: string): string {
  const place = [repository, ref, ...path.split('/')].map(encodeURIComponent).join('/');
  return `${base}?databranch=${place}`;
}

function data(repository: string): string {
  return `data = databranch.connect().repository(${quote(repository)}).branch()`;
}

function pandas(where: string, { repository, path }: DataPlace): string {
  const format = formatOf(path);
  const read =
    format === 'parquet'
      ? `pd.read_parquet(${quote(where)}, filesystem=data.filesystem())`
      : `pd.read_${format}(${quote(`s3://${where}`)}, ${jsonLines(format, 'lines=True, ')}storage_options=data.storage_options)`;
  return lines('import databranch', 'import pandas as pd', '', data(repository), `df = ${read}`);
}

function polars(where: string, { repository, path }: DataPlace): string {
  const read = { parquet: 'read_parquet', csv: 'read_csv', json: 'read_ndjson' }[formatOf(path)];
  return lines(
    'import databranch',
    'import polars as pl',
    '',
    data(repository),
    `df = pl.${read}(${quote(`s3://${where}`)}, storage_options=data.object_store_options)`
  );
}

function duckdb(where: string, { repository, path }: DataPlace): string {
  return lines(
    'import databranch',
    'import duckdb',
    'import pyarrow.dataset as ds',
    '',
    data(repository),
    `rows = ds.dataset(${quote(where.replace(/\/$/, ''))}, format=${quote(formatOf(path))}, filesystem=data.filesystem())`,
    `duckdb.sql("SELECT * FROM rows LIMIT 10")`
  );
}

function spark(where: string, path: string): string {
  const format = formatOf(path);
  const read = format === 'csv' ? 'spark.read.option("header", True).csv' : `spark.read.${format}`;
  return lines(
    'import databranch',
    '',
    'databranch.configure(spark)',
    `df = ${read}(${quote(`s3a://${where}`)})`
  );
}

function jsonLines(format: Format, option: string): string {
  return format === 'json' ? option : '';
}

/** A string as Python writes it: JSON's is one. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}
