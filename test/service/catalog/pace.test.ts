import { Pace } from '../../../src/service/catalog/pace.js';

/** Each step takes so many milliseconds of a clock that nothing else moves. */
const STEP_MS = 1;
const STEPS = 100;

let now = Math.ceil(performance.now());
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => jest.restoreAllMocks());

/** The times between two turns of the event loop while so many pieces of work go on side by side. */
async function held(pieces: number): Promise<number[]> {
  const times: number[] = [];
  let last = now;
  let isOver = false;
  const turn = () => {
    times.push(now - last);
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
      // What a step reads from memory is there after some microtasks.
      for (let part = 0; part < 4; part++) {
        await undefined;
        now += STEP_MS / 4;
      }
    }
  };
  await Promise.all(Array.from({ length: pieces }, work));
  isOver = true;
  return times;
}

test('long work lets others have their turn every few milliseconds', async () => {
  expect(Math.max(...(await held(1)))).toBeLessThanOrEqual(8 + STEP_MS);
});

test('pieces of long work side by side hold the thread no longer than one, once each has begun', async () => {
  for (const pieces of [10, 100]) {
    const [first, ...others] = await held(pieces);
    expect(first).toBeLessThanOrEqual(8 + pieces * STEP_MS);
    expect(Math.max(...others)).toBeLessThanOrEqual(8 + STEP_MS);
  }
});

test('a step is the last one when the signal fires', async () => {
  const abort = new AbortController();
  const pace = new Pace(abort.signal);
  await pace.step();
  abort.abort(new Error('nobody waits'));
  await expect(pace.step()).rejects.toThrow('nobody waits');
});
