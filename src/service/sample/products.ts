import { setImmediate } from 'node:timers/promises';
import { csvLine } from './csv.js';
import { Random, scramble } from './random.js';
import { CATEGORIES, MATERIALS, NOUNS, STYLES, type Category } from './words.js';

/** Products in the sample's catalogue, and rows of its `products.csv`. */
export const PRODUCT_COUNT = 12_408;

export interface Product {
  id: string;
  /** Variants of one product share it. */
  parent: string;
  title: string;
  noun: string;
  category: Category;
  /** In cents. */
  price: number;
  weightGrams: number;
}

/** The product at `index`, 0 to {@link PRODUCT_COUNT} - 1; always the same one. */
export function productAt(index: number): Product {
  const random = new Random(scramble(index ^ 0x0b00));
  const category = random.pick(CATEGORIES);
  const noun = random.pick(NOUNS[category]);
  return {
    id: `B0${scramble(~index).toString(36).toUpperCase().padStart(8, '0')}`,
    parent: String(100_000_000 + (scramble(~(index >>> 2)) % 900_000_000)),
    title: `${random.pick(STYLES)} ${random.pick(MATERIALS)} ${noun} ${100 + random.below(900)}`,
    noun: noun.toLowerCase(),
    category,
    price: 299 + random.skewedBelow(24_000),
    weightGrams: 20 + random.skewedBelow(9_000)
  };
}

/** All products, made once per thread: every review names one. */
let catalogue: Product[] | undefined;

export function products(): readonly Product[] {
  catalogue ??= Array.from({ length: PRODUCT_COUNT }, (_, index) => productAt(index));
  return catalogue;
}

/** Lines made between two turns of the event loop: a few milliseconds. */
const LINES_A_CHUNK = 1_000;

/** The catalogue as a CSV file with a header, about 1 MB, in chunks. */
export async function* productsCsv(): AsyncGenerator<Buffer> {
  yield Buffer.from(
    csvLine(['product_id', 'product_parent', 'product_title', 'product_category', 'price', 'weight_g'])
  );
  for (let index = 0; index < PRODUCT_COUNT; index += LINES_A_CHUNK) {
    const count = Math.min(LINES_A_CHUNK, PRODUCT_COUNT - index);
    const lines = Array.from({ length: count }, (_, i) => lineOf(productAt(index + i)));
    yield Buffer.from(lines.join(''));
    await setImmediate();
  }
}

function lineOf({ id, parent, title, category, price, weightGrams }: Product): string {
  return csvLine([id, parent, title, category, (price / 100).toFixed(2), String(weightGrams)]);
}
