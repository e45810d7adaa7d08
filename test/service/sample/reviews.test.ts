import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { partsOf } from '../../../src/service/sample/parts.js';
import { PRODUCT_COUNT, products, productsCsv } from '../../../src/service/sample/products.js';
import { reviewsCsv } from '../../../src/service/sample/reviews-csv.js';
import { reviewsParquet } from '../../../src/service/sample/reviews-parquet.js';
import { reviewAt } from '../../../src/service/sample/reviews.js';

const COLUMNS = [
  'marketplace VARCHAR',
  'customer_id VARCHAR',
  'review_id VARCHAR',
  'product_id VARCHAR',
  'product_parent VARCHAR',
  'product_title VARCHAR',
  'product_category VARCHAR',
  'star_rating INTEGER',
  'helpful_votes INTEGER',
  'total_votes INTEGER',
  'vine VARCHAR',
  'verified_purchase VARCHAR',
  'review_headline VARCHAR',
  'review_body VARCHAR',
  'review_date DATE'
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'databranch-sample-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(sql: string) {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
  }
  return text;
}

describe('the parts of a sample', () => {
  test('are eight of 60,750 rows for 486,000', () => {
    const parts = partsOf(486_000);
    expect(parts.map(part => part.end - part.start)).toEqual(Array(8).fill(60_750));
    expect(parts[7]).toEqual({ name: 'part-00007.parquet', start: 425_250, end: 486_000 });
  });

  test.each([1, 7, 8, 1_001, 2_000_000, 10_000_019])(
    'hold each of %d rows once, none more than 250,000',
    rows => {
      const parts = partsOf(rows);
      expect(parts[0]!.start).toBe(0);
      expect(parts.at(-1)!.end).toBe(rows);
      for (const [index, part] of parts.entries()) {
        expect(part.start).toBe(parts[index - 1]?.end ?? 0);
        expect(part.end - part.start).toBeGreaterThan(0);
        expect(part.end - part.start).toBeLessThanOrEqual(250_000);
      }
    }
  );

  test.each([0, -1, 1.5, Number.NaN, 2 ** 32])('cannot be made of %d rows', rows => {
    expect(() => partsOf(rows)).toThrow(RangeError);
  });
});

describe('reviews', () => {
  test('depend on the row number alone', () => {
    expect(reviewAt(12_345)).toEqual(reviewAt(12_345));
    expect(reviewAt(0)).not.toEqual(reviewAt(1));
  });

  test('have ids that are all different, far into the rows too', () => {
    const ids = new Set(Array.from({ length: 50_000 }, (_, i) => reviewAt(i * 80_000).review_id));
    expect(ids.size).toBe(50_000);
    expect([...ids].every(id => /^R[0-9A-Z]{13}$/.test(id))).toBe(true);
  });

  test('as Parquet are the same bytes every time', () => {
    const [part] = partsOf(4_000);
    expect(sha256(reviewsParquet(part!))).toBe(sha256(reviewsParquet(part!)));
  });

  test('as Parquet are read by DuckDB with the fifteen columns and their types, zstd, no row twice', async () => {
    const parts = partsOf(4_000);
    for (const part of parts) {
      await writeFile(join(folder, part.name), reviewsParquet(part));
    }
    const files = `'${folder}/part-*.parquet'`;
    const described = await ask(
      `SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM ${files})`
    );
    expect(described.flat()).toEqual(COLUMNS);
    expect(await ask(`SELECT DISTINCT compression FROM parquet_metadata(${files})`)).toEqual([['ZSTD']]);
    const [figures] = await ask(`
      SELECT count(*)::INT, count(DISTINCT review_id)::INT, min(star_rating), max(star_rating),
             count(*) FILTER (helpful_votes > total_votes)::INT, min(review_date) >= '2012-01-01'
      FROM ${files}`);
    expect(figures).toEqual([4_000, 4_000, 1, 5, 0, true]);
    const product = reviewAt(17);
    expect(
      await ask(`SELECT product_title, review_body FROM ${files} WHERE review_id = '${product.review_id}'`)
    ).toEqual([[product.product_title, product.review_body]]);
  });

  test('as CSV say the same as in Parquet, and no field needs quotes', async () => {
    const text = await textOf(reviewsCsv(2_500));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2_501);
    expect(lines[0]).toBe(COLUMNS.map(column => column.split(' ')[0]).join(','));
    expect(text).not.toMatch(/["\r]/);
    expect(lines.every(line => line.split(',').length === 15)).toBe(true);
    const [part] = partsOf(1);
    await writeFile(join(folder, 'one.parquet'), reviewsParquet(part!));
    await writeFile(join(folder, 'one.csv'), await textOf(reviewsCsv(1)));
    const [parquet] = await ask(`SELECT columns(*)::VARCHAR FROM '${folder}/one.parquet'`);
    const [csv] = await ask(`SELECT * FROM read_csv('${folder}/one.csv', header = true, all_varchar = true)`);
    expect(csv).toEqual(parquet);
  });
});

describe('products', () => {
  test('have ids that are all different', () => {
    expect(new Set(products().map(product => product.id)).size).toBe(PRODUCT_COUNT);
  });

  test('as CSV are a header and 12,408 lines', async () => {
    const lines = (await textOf(productsCsv())).trimEnd().split('\n');
    expect(lines).toHaveLength(12_409);
    expect(lines[0]).toBe('product_id,product_parent,product_title,product_category,price,weight_g');
  });
});
