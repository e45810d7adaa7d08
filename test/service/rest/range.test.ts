import { rangeOf } from '../../../src/service/rest/range.js';

describe('ranges', () => {
  test.each([
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-4', 10, { start: 2, end: 5 }],
    ['bytes=9-', 10, { start: 9, end: 10 }],
    ['bytes=0-99', 10, { start: 0, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['Bytes= 1-2 ', 10, { start: 1, end: 3 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=-5', 0, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=4-2', 10, 'unsatisfiable'],
    ['bytes=-', 10, 'unsatisfiable'],
    ['bytes=a-b', 10, 'unsatisfiable'],
    ['bytes=0-1,4-5', 10, 'whole'],
    ['rows=0-1', 10, 'whole'],
    ['', 10, 'whole'],
    [undefined, 10, 'whole']
  ])('%s of %d bytes', (header, size, expected) => {
    expect(rangeOf(header, size)).toEqual(expected);
  });
});
