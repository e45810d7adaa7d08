import { Leases } from '../../../src/service/life/leases.js';

const GRACE_MS = 60_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function leased() {
  const unused = jest.fn();
  const leases = new Leases(GRACE_MS, unused);
  leases.start();
  return { leases, unused };
}

test('a leased service that nobody takes ends after the grace period', () => {
  const { unused } = leased();
  jest.advanceTimersByTime(GRACE_MS - 1);
  expect(unused).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(unused).toHaveBeenCalledTimes(1);
});

test('it goes on while one of two leases is held, and ends a grace period after the last', () => {
  const { leases, unused } = leased();
  const first = leases.open();
  const second = leases.open();
  first();
  jest.advanceTimersByTime(10 * GRACE_MS);
  expect(unused).not.toHaveBeenCalled();
  second();
  jest.advanceTimersByTime(GRACE_MS);
  expect(unused).toHaveBeenCalledTimes(1);
});

test('a lease that comes within the grace period keeps it', () => {
  const { leases, unused } = leased();
  leases.open()();
  jest.advanceTimersByTime(GRACE_MS - 1);
  const lease = leases.open();
  jest.advanceTimersByTime(GRACE_MS);
  expect(unused).not.toHaveBeenCalled();
  expect(leases.count).toBe(1);
  lease();
});

test('a lease returned twice counts once', () => {
  const { leases, unused } = leased();
  const first = leases.open();
  leases.open();
  first();
  first();
  expect(leases.count).toBe(1);
  jest.advanceTimersByTime(10 * GRACE_MS);
  expect(unused).not.toHaveBeenCalled();
});

test('a service that is not leased never ends for want of leases', () => {
  const unused = jest.fn();
  const leases = new Leases(undefined, unused);
  leases.start();
  leases.open()();
  jest.advanceTimersByTime(100 * GRACE_MS);
  expect(unused).not.toHaveBeenCalled();
});

test('after stop nothing is called any more', () => {
  const { leases, unused } = leased();
  const lease = leases.open();
  leases.stop();
  lease();
  jest.advanceTimersByTime(10 * GRACE_MS);
  expect(unused).not.toHaveBeenCalled();
});
