import { PRODUCT_COUNT, products } from './products.js';
import { Random, scramble } from './random.js';
import { COMPLAINTS, HEADLINES, PARTS, PRAISE, REMARKS, TIMES } from './words.js';

/** One row of the sample: fifteen columns, in the order of the well-known public review data sets. */
export interface Review {
  marketplace: string;
  customer_id: string;
  review_id: string;
  product_id: string;
  product_parent: string;
  product_title: string;
  product_category: string;
  star_rating: number;
  helpful_votes: number;
  total_votes: number;
  vine: string;
  verified_purchase: string;
  review_headline: string;
  review_body: string;
  /** Days since 1970-01-01. */
  review_date: number;
}

const MARKETPLACES = ['US', 'US', 'US', 'UK', 'DE', 'FR', 'JP'] as const;
/** Of a hundred reviews the first 8 have one star, those up to 14 two, … the rest five. */
const STARS_UP_TO_PERCENT = [8, 14, 24, 44] as const;
const FIRST_DAY = Date.UTC(2012, 0, 1) / 86_400_000;
const DAYS = 1_400;
const CUSTOMERS = 210_000;
/** Row numbers enter the review's id as 32 bits, which keeps every id unique. */
export const REVIEW_COUNT_MAX = 0xffff_ffff;

/**
 * The review in row `row`. It depends on the row number alone, so that a smaller sample is the beginning of
 * a larger one and parts can be made in any order. No two rows are alike: `review_id` is unique.
 */
export function reviewAt(row: number): Review {
  const random = new Random(scramble(row ^ 0x5eed));
  const product = products()[random.skewedBelow(PRODUCT_COUNT)]!;
  const stars = starsOf(random.below(100));
  const totalVotes = random.chance(70) ? 0 : random.skewedBelow(60);
  return {
    marketplace: random.pick(MARKETPLACES),
    customer_id: String(10_000_000 + (scramble(random.skewedBelow(CUSTOMERS)) % 43_000_000)),
    review_id: `R${base36(scramble(~row))}${base36(random.next())}`.slice(0, 14),
    product_id: product.id,
    product_parent: product.parent,
    product_title: product.title,
    product_category: product.category,
    star_rating: stars,
    helpful_votes: totalVotes === 0 ? 0 : random.below(totalVotes + 1),
    total_votes: totalVotes,
    vine: random.chance(1) ? 'Y' : 'N',
    verified_purchase: random.chance(86) ? 'Y' : 'N',
    review_headline: random.pick(HEADLINES[stars - 1]!),
    review_body: bodyOf(random, stars, product.noun),
    review_date: FIRST_DAY + random.below(DAYS)
  };
}

/** Seven digits hold 32 bits. */
function base36(n: number): string {
  return n.toString(36).toUpperCase().padStart(7, '0');
}

function starsOf(percent: number): number {
  const index = STARS_UP_TO_PERCENT.findIndex(bound => percent < bound);
  return index < 0 ? 5 : index + 1;
}

function bodyOf(random: Random, stars: number, noun: string): string {
  const mood = stars <= 2 ? COMPLAINTS : stars === 3 ? REMARKS : PRAISE;
  const sentences = 1 + random.skewedBelow(9);
  let body = '';
  for (let i = 0; i < sentences; i++) {
    const sentence = random.pick(random.chance(25) ? REMARKS : mood);
    body += (i === 0 ? '' : ' ') + filledIn(sentence, random, noun);
  }
  return body;
}

function filledIn(sentence: string, random: Random, noun: string): string {
  return sentence
    .replace('{noun}', noun)
    .replace('{part}', random.pick(PARTS))
    .replace('{time}', random.pick(TIMES));
}
