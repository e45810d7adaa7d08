import fc from 'fast-check';

import { matchesFolder } from '../../../../src/service/rows/guards/guard-pattern.js';
import { guardsFrom } from '../../../../src/service/rows/guards/guard-rules.js';

test('guards are read as they are written', () => {
  const text = `
# What main does not take.
guards:
  - path: reviews/**
    no_added_duplicates: true
    max_row_loss: 10%
    max_row_growth: 2.5 %
    schema: compatible
    required_columns: [id, title]
    not_null:
      - id
  - path: "*/daily"
    level: warn
    no_added_duplicates: [id, day]
    max_row_loss: 0
    schema: identical
  - path: /
    no_added_duplicates: false
`;
  expect(guardsFrom(text)).toEqual([
    {
      path: 'reviews/**',
      level: 'refuse',
      noAddedDuplicates: { keys: [] },
      maxRowLoss: { percent: 10 },
      maxRowGrowth: { percent: 2.5 },
      schema: 'compatible',
      requiredColumns: ['id', 'title'],
      notNull: ['id']
    },
    {
      path: '*/daily',
      level: 'warn',
      noAddedDuplicates: { keys: ['id', 'day'] },
      maxRowLoss: { rows: 0 },
      schema: 'identical'
    },
    { path: '/', level: 'refuse' }
  ]);
  expect(guardsFrom('')).toEqual([]);
  expect(guardsFrom('guards:\n')).toEqual([]);
});

const WRONG: [text: string, reason: string][] = [
  ['guards: [', 'line 1: '],
  ['guards:\n  - path: *x', 'line 2: it has an alias (put a pattern that begins with * in quotes)'],
  ['guards:\n  - &a {path: x}', 'line 2: it has an anchor'],
  ['guards:\n  - path: !!str x', 'line 2: it has the tag tag:yaml.org,2002:str'],
  ['guards: !!js/function "x"', 'it has the tag tag:yaml.org,2002:js/function'],
  ['- path: x', 'the file must be names with values'],
  ['guard: []', 'the file has "guard", which is none of guards'],
  ['guards: {}', 'guards must be a list'],
  ['guards: [x]', 'guard 1 must be names with values'],
  ['guards: [{}]', 'guard 1 needs a path'],
  ['guards: [{path: x, max_loss: 1}]', 'guard 1 has "max_loss", which is none of path, level'],
  ['guards: [{path: x, max_row_loss: -1}]', 'max_row_loss of guard 1 (x) must be a number of rows'],
  ['guards: [{path: x, max_row_loss: ten}]', 'must be a number of rows, or a share such as 10%'],
  ['guards: [{path: x, schema: same}]', 'schema of guard 1 (x) must be compatible or identical'],
  ['guards: [{path: x, level: error}]', 'level of guard 1 (x) must be refuse or warn'],
  ['guards: [{path: x, not_null: id}]', 'not_null of guard 1 (x) must be a list of columns'],
  ['guards: [{path: x, path: y}]', 'line 1: Map keys must be unique'],
  ['guards: []\n---\nguards: []', 'multiple documents'],
  [`guards: []\n#${'x'.repeat(65 * 1024)}`, 'it has more than 64 KiB'],
  [`guards: ${'['.repeat(30_000)}`, '']
];

test.each(WRONG.map(([text, reason]) => [text.slice(0, 60), text, reason]))(
  '%s … is no guard, and it is said why',
  (_, text, reason) => {
    expect(() => guardsFrom(text!)).toThrow(expect.objectContaining({ name: 'WrongGuards' }));
    expect(() => guardsFrom(text!)).toThrow(reason);
  }
);

test('whatever a file holds, it is guards or a sentence', () => {
  const yaml = fc.array(
    fc.constantFrom(
      'guards:',
      '\n',
      '  ',
      '- ',
      'path: ',
      'x',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '!!',
      ': ',
      '"',
      '#',
      '%'
    )
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        yaml.map(parts => parts.join(''))
      ),
      text => {
        try {
          expect(Array.isArray(guardsFrom(text))).toBe(true);
        } catch (error) {
          expect((error as Error).name).toBe('WrongGuards');
        }
      }
    ),
    { numRuns: 500 }
  );
});

test.each([
  ['reviews', 'reviews/', true],
  ['reviews/', 'reviews/', true],
  ['/reviews/', 'reviews/', true],
  ['reviews', 'reviews/old/', false],
  ['reviews/*', 'reviews/old/', true],
  ['reviews/*', 'reviews/', false],
  ['reviews/**', 'reviews/', true],
  ['reviews/**', 'reviews/a/b/', true],
  ['**', '', true],
  ['**', 'a/b/', true],
  ['/', '', true],
  ['/', 'a/', false],
  ['*', 'a/', true],
  ['*', 'a/b/', false],
  ['**/daily', 'a/b/daily/', true],
  ['**/daily', 'daily/', true],
  ['a/**/z', 'a/b/c/z/', true],
  ['a/**/z', 'a/b/c/', false],
  ['sales_202?', 'sales_2024/', true],
  ['sales_*', 'sales/2024/', false]
])('the pattern %s and the folder "%s": %s', (pattern, folder, matches) => {
  expect(matchesFolder(pattern, folder)).toBe(matches);
});

test('no pattern takes long', () => {
  // With backtracking this would be 2^60 steps.
  expect(matchesFolder(`${'**/a/'.repeat(60)}b`, 'a/'.repeat(200))).toBe(false);
  expect(matchesFolder(`${'*a'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false);
});
