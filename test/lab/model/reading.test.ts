import { Listing } from '../../../src/lab/model/listing';
import { Resource } from '../../../src/lab/model/resource';

/** The API gives at most so many at once. */
const PAGE_MAX = 1_000;

/** A list of numbers below `end`, as the API would page it. */
function numbers(fail: () => boolean = () => false, end = 250): Listing<number> {
  return new Listing(async ({ after, amount }) => {
    if (fail()) {
      throw new Error('away');
    }
    const start = after === '' ? 0 : Number(after);
    const results = Array.from(
      { length: Math.min(amount, PAGE_MAX, end - start) },
      (_, index) => start + index
    );
    const next = start + results.length;
    const pagination = {
      has_more: next < end,
      next_offset: next < end ? String(next) : '',
      results: results.length,
      max_per_page: PAGE_MAX
    };
    return { results, pagination };
  }, 100);
}

test('a listing grows page by page to its end', async () => {
  const list = numbers();
  await list.refresh();
  expect([list.items.length, list.hasMore]).toEqual([100, true]);
  await list.more();
  await list.more();
  await list.more();
  expect([list.items.length, list.hasMore]).toEqual([250, false]);
  expect(list.items.at(-1)).toBe(249);
});

test('a refresh reads as many as were read before', async () => {
  const list = numbers();
  await list.refresh();
  await list.more();
  await list.refresh();
  expect(list.items.length).toBe(200);
});

test.each([
  ['that was read over several pages of the API is read again as far', 4_000, 3_600],
  ['that was read very far is read again up to a bound', 30_000, 30_000]
])('a list %s', async (_, end, far) => {
  const list = numbers(undefined, end);
  await list.refresh();
  while (list.items.length < far) {
    await list.readAhead();
  }
  const before = list.items.length;
  await list.refresh();
  expect(list.items).toEqual(Array.from({ length: Math.min(before, 20_000) }, (__, index) => index));
  expect(list.hasMore).toBe(list.items.length < end);
  await list.readAhead();
  expect(list.items.at(-1)).toBe(list.items.length - 1);
});

test('a list that has become shorter is read again to its end', async () => {
  let end = 3_000;
  const list = new Listing(async ({ after, amount }) => {
    const start = Number(after || 0);
    const results = Array.from({ length: Math.max(0, Math.min(amount, end - start)) }, (_, at) => start + at);
    const next = start + results.length;
    const pagination = {
      has_more: next < end,
      next_offset: String(next),
      results: results.length,
      max_per_page: 1
    };
    return { results, pagination };
  }, PAGE_MAX);
  await list.refresh();
  await list.more();
  await list.more();
  end = 1_500;
  await list.refresh();
  expect([list.items.length, list.hasMore]).toEqual([1_500, false]);
});

test('what failed leaves the last items, and tells', async () => {
  let away = false;
  const list = numbers(() => away);
  await list.refresh();
  away = true;
  await list.refresh();
  expect(list.items.length).toBe(100);
  expect(list.error?.message).toBe('away');
  away = false;
  await list.refresh();
  expect(list.error).toBeUndefined();
});

test('of two reads under way only the later one counts', async () => {
  const answers: ((value: string) => void)[] = [];
  const resource = new Resource<string>(() => new Promise(resolve => answers.push(resolve)));
  const first = resource.refresh();
  const second = resource.refresh();
  answers[1]!('new');
  answers[0]!('old');
  await Promise.all([first, second]);
  expect(resource.value).toBe('new');
  expect(resource.busy).toBe(false);
});

test('several who wait for a value share one read', async () => {
  let reads = 0;
  const resource = new Resource(async () => ++reads);
  expect(await Promise.all([resource.get(), resource.get()])).toEqual([1, 1]);
  expect(await resource.get()).toBe(1);
});

test('a read that is given up is no error', async () => {
  const resource = new Resource<string>(
    signal =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  );
  void resource.refresh();
  resource.dispose();
  await Promise.resolve();
  expect(resource.error).toBeUndefined();
});
