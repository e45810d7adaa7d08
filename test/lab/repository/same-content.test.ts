import { sameContents } from '../../../src/lab/repository/same-content';
import { objectStats } from '../fake-data';

const of = (path: string, checksum: string, size = 1) => ({ ...objectStats(path, size), checksum });

test('each copy names the first with its contents, and that one the second', () => {
  const same = sameContents([of('a', 'x'), of('b', 'y'), of('c', 'x'), of('d', 'x')]);
  expect(Object.fromEntries(same)).toEqual({ a: 'c', c: 'a', d: 'a' });
});

test('folders, empty objects and objects of other lengths are no copies', () => {
  const folder = { ...of('f/', ''), path_type: 'common_prefix' as const };
  const same = sameContents([
    of('a', 'x', 0),
    of('b', 'x', 0),
    folder,
    folder,
    of('c', 'x', 1),
    of('d', 'x', 2)
  ]);
  expect(same.size).toBe(0);
});
