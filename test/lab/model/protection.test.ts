import { isProtected } from '../../../src/lab/model/protection';

test.each([
  ['main', ['main'], true],
  ['main2', ['main'], false],
  ['release-1', ['release-*'], true],
  ['release-', ['release-*'], true],
  ['a-b-c', ['a*c'], true],
  ['a-b-c', ['a*d'], false],
  ['aba', ['ab*ba'], false],
  ['abcb', ['*b?b'], true],
  ['xaxbx', ['*a*b*'], true],
  ['xbxax', ['*a*b*'], false],
  ['v1', ['v?'], true],
  ['v', ['v?'], false],
  ['anything', ['none', '*'], true],
  ['a.b', ['a?b'], true]
])('branch %s under %j: %s', (branch, patterns, expected) => {
  expect(isProtected(branch, patterns)).toBe(expected);
});

test('no pattern takes long', () => {
  expect(isProtected('a'.repeat(2_000), [`${'a*'.repeat(200)}b`])).toBe(false);
});
