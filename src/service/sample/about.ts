import { PRODUCT_COUNT } from './products.js';

/** The README.md of the quickstart repository. */
export function aboutTheSample(rows: number): Buffer {
  return Buffer.from(`# Quickstart

This repository holds made-up data to try data branches on. Nothing in it is about real people or products.

| path | what it is | rows |
| --- | --- | --- |
| \`reviews/\` | product reviews, Parquet, 15 columns | ${rows.toLocaleString('en-US')} |
| \`products/products.csv\` | the products that the reviews are about, CSV with a header | ${PRODUCT_COUNT.toLocaleString('en-US')} |

Create a branch from \`main\`, write to it, and compare it with \`main\`: \`main\` stays as it is until you merge.
`);
}
