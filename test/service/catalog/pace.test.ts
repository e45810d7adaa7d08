import { Pace } from '../../../src/service/catalog/pace.js';

/** Each step takes so many milliseconds of a clock that nothing else moves. */
const STEP_MS = 1;
const STEPS = 100;

let now = performance.now();
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => jest.restoreAllMocks());

/** The longest time between two turns of the event loop while so many pieces of work go on side by side. */
async function held(pieces: number): Promise<number> {
  let longest = 0;
  let last = now;
  let isOver = false;
  const turn = () => {
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) {
      setImmediate(turn);
    }
  };
  setImmediate(turn);
  const work = async () => {
    const pace = new Pace();
    for (let i = 0; i < STEPS; i++) {
      await pace.step();
      now += STEP_MS;
    }
  };
  await Promise.all(Array.from({ length: pieces }, work));
  isOver = true;
  return longest;
}

test('long work lets others have their turn every few milliseconds', async () => {
  expect(await held(1)).toBeLessThanOrEqual(8 + STEP_MS);
});

test('ten pieces of long work side by side hold the thread no longer than one, but for a step of each', async () => {
  expect(await held(10)).toBeLessThanOrEqual(8 + 10 * STEP_MS);
});

test('a step is the last one when the signal fires', async () => {
  const abort = new AbortController();
  const pace = new Pace(abort.signal);
  await pace.step();
  abort.abort(new Error('nobody waits'));
  await expect(pace.step()).rejects.toThrow('nobody waits');
});
