import { linkedPlace } from '../../../src/lab/links/link';
import type { SnippetForm } from '../../../src/lab/snippets/snippets';
import { linkTo, SNIPPETS, snippetOf } from '../../../src/lab/snippets/snippets';

const BASE = 'http://lab/lab';
const reviews = { repository: 'quickstart', ref: 'main', path: 'reviews/' };

test('addresses are those that Spark and lakeFS clients take', () => {
  expect(snippetOf('s3a', reviews, BASE)).toBe('s3a://quickstart/main/reviews/');
  expect(snippetOf('lakefs', { ...reviews, path: '' }, BASE)).toBe('lakefs://quickstart/main/');
});

const code = (form: SnippetForm, path: string, format?: string): string =>
  snippetOf(form, { ...reviews, path, format }, BASE);

// That the code runs and reads every row is shown in test/clients/test_snippets.py.
test('code reads the format that the name tells', () => {
  expect(code('pandas', 'reviews/')).toContain('pd.read_parquet("quickstart/main/reviews/"');
  expect(code('pandas', 'a.csv')).toContain('pd.read_csv(file)');
  expect(code('pandas', 'a.tsv.gz')).toContain(String.raw`pd.read_csv(file, sep="\t")`);
  expect(code('pandas', 'a.jsonl')).toContain('lines=True');
  expect(code('polars', 'a.CSV')).toContain('pl.scan_csv(');
  expect(code('spark', 'a.csv')).toContain(
    'spark.read.option("header", True).csv("s3a://quickstart/main/a.csv")'
  );
  expect(code('duckdb', 'reviews/')).toContain('ds.dataset("quickstart/main/reviews", format="parquet"');
});

test('code for a data set reads the format that it has', () => {
  expect(code('polars', 'tables/', 'csv')).toContain('pl.scan_csv("s3://quickstart/main/tables/"');
  expect(code('pandas', 'tables/', 'csv')).toContain('ds.dataset("quickstart/main/tables", format="csv"');
  expect(code('polars', 'tables/', 'no such format')).toContain('pl.scan_parquet(');
});

test('Spark is led to the repository of the data, whichever is the current one', () => {
  expect(code('spark', 'reviews/')).toContain('databranch.configure(spark, "quickstart")');
});

test('no code holds a key, and no name breaks out of its string', () => {
  for (const form of SNIPPETS) {
    const copied = code(form, 'a"; import os #\\');
    expect(copied).not.toMatch(/secret|AKIA/i);
    if (copied.includes('import databranch')) {
      expect(copied).toContain('a\\"; import os #\\\\');
    }
  }
});

test.each(['', 'a.csv', 'reviews/', 'a b/c&d=e/ü?#.csv', '%2F/x'])('a link to %j leads back to it', path => {
  const place = { repository: 'quickstart', ref: 'main~2', path };
  expect(linkedPlace(new URL(linkTo(place, BASE)).search)).toEqual(place);
});

test('an address without a link leads nowhere', () => {
  expect(linkedPlace('?reset')).toBeNull();
  expect(linkedPlace('?databranch=')).toBeNull();
});
