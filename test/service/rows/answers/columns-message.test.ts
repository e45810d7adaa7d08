import type { ColumnComparison } from '../../../../src/protocol/databranch.js';
import { columnsSentence } from '../../../../src/service/rows/answers/columns-message.js';

const BOTH = { base: 'main', sides: 'both', same: false } as const;

function column(name: string, left: number, right: number): ColumnComparison {
  const figures = (nulls: number) => ({ nulls, min: '1', max: '5', distinct: 5, mean: 3 });
  return { name, type: 'int32', left: figures(left), right: figures(right) };
}

test('columns with more NULLs or fewer are named, and only so many', () => {
  expect(columnsSentence([column('a', 0, 1), column('b', 4, 4)], BOTH)).toBe(
    'a has 1 NULL more than on main'
  );
  expect(columnsSentence([column('a', 1, 0), column('b', 0, 1200)], BOTH)).toBe(
    'a has 1 NULL fewer than on main, b has 1,200 NULLs more'
  );
  const many = ['a', 'b', 'c', 'd', 'e'].map(name => column(name, 0, 2));
  expect(columnsSentence(many, BOTH)).toBe(
    'a has 2 NULLs more than on main, b has 2 NULLs more, c has 2 NULLs more, and so for 2 more'
  );
});

test('where no column differs in them, and where there is nothing to compare, that is said', () => {
  const one = [column('a', 1, 1)];
  expect(columnsSentence(one, BOTH)).toBe('no column has more or fewer NULLs than on main');
  expect(columnsSentence([], { ...BOTH, same: true })).toBe('the same files as on main');
  expect(columnsSentence(one, { ...BOTH, sides: 'right' })).toBe('1 column, not on main');
  expect(columnsSentence(one, { ...BOTH, sides: 'left' })).toBe('1 column, on main only');
});
