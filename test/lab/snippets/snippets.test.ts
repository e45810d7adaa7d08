import { linkedPlace } from '../../../src/lab/links/link';
import { linkTo, SNIPPETS, snippetOf } from '../../../src/lab/snippets/snippets';

const BASE = 'http://lab/lab';
const reviews = { repository: 'quickstart', ref: 'main', path: 'reviews/' };

test('addresses are those that Spark and lakeFS clients take', () => {
  expect(snippetOf('s3a', reviews, BASE)).toBe('s3a://quickstart/main/reviews/');
  expect(snippetOf('lakefs', { ...reviews, path: '' }, BASE)).toBe('lakefs://quickstart/main/');
});

test('code reads the format that the name tells', () => {
  const code = (form: 'pandas' | 'polars' | 'spark' | 'duckdb', path: string): string =>
    snippetOf(form, { ...reviews, path }, BASE);
  expect(code('pandas', 'reviews/')).toContain('pd.read_parquet("quickstart/main/reviews/"');
  expect(code('pandas', 'a.csv')).toContain('pd.read_csv("s3://quickstart/main/a.csv"');
  expect(code('pandas', 'a.jsonl')).toContain('lines=True');
  expect(code('polars', 'a.CSV')).toContain('pl.read_csv(');
  expect(code('spark', 'a.csv')).toContain(
    'spark.read.option("header", True).csv("s3a://quickstart/main/a.csv")'
  );
  expect(code('duckdb', 'reviews/')).toContain('ds.dataset("quickstart/main/reviews", format="parquet"');
});

test('no code holds a key, and no name breaks out of its string', () => {
  for (const form of SNIPPETS) {
    const code = snippetOf(form, { ...reviews, path: 'a"; import os #\\' }, BASE);
    expect(code).not.toMatch(/secret|AKIA/i);
    if (code.includes('import databranch')) {
      expect(code).toContain('a\\"; import os #\\\\');
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
