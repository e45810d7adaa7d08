import { stepLine } from '../../../src/lab/rows/step-line';

/** Numbers of rows as they may follow one another: few and many, equal, none at all. */
const HISTORIES = [[0], [486_000], [0, 0, 0], [12, 486_000, 972_000], [5, 4, 3, 2, 1, 0], Array(200).fill(7)];

test('more rows are never drawn lower, later commits never further left, and all of it within the drawing', () => {
  for (const rows of HISTORIES) {
    for (const base of [null, 0, 486_000]) {
      const { points } = stepLine(rows, base);
      expect(points).toHaveLength(rows.length);
      points.forEach((point, i) => {
        expect(point.x).toBeGreaterThanOrEqual(0);
        expect(point.x).toBeLessThanOrEqual(560);
        expect(point.y).toBeGreaterThanOrEqual(0);
        expect(point.y).toBeLessThanOrEqual(92);
        const next = points[i + 1];
        if (next) {
          expect(next.x).toBeGreaterThanOrEqual(point.x);
          expect(Math.sign(rows[i + 1] - rows[i]) * (next.y - point.y)).toBeLessThanOrEqual(0);
        }
      });
    }
  }
});

test('the base lies as high as a commit with as many rows', () => {
  const { points, base } = stepLine([486_000, 972_000], 486_000);
  expect(base).toBe(points[0]!.y);
  expect(stepLine([1], null).base).toBeNull();
});

test('two numbers on the scale that would lie on each other are one', () => {
  expect(stepLine([1_000], 999).scale).toEqual([{ rows: 1_000, y: expect.any(Number) }]);
  expect(stepLine([972_000], 486_000).scale.map(({ rows }) => rows)).toEqual([972_000, 486_000]);
});

test('nothing is drawn of nothing', () => {
  expect(stepLine([], null).path).toBe('');
});
