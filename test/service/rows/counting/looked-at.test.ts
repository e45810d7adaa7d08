import type { View } from '../../../../src/service/catalog/views.js';
import type { CommitId, NodeHash, RepositoryUid } from '../../../../src/service/ids.js';
import { LookedAtCommits } from '../../../../src/service/rows/datasets/looked-at.js';

const uid = 'u' as RepositoryUid;
const view = (commit: string, of = uid): View => ({
  repository: 'lake',
  uid: of,
  commitId: commit as CommitId,
  root: 'r' as NodeHash,
  changes: []
});
const move = (from: string, to: string) => ({
  kind: 'branch-moved' as const,
  uid,
  branch: 'main',
  from: from as CommitId,
  to: to as CommitId
});

test('a look goes on from commit to commit until nobody has asked for a long time', () => {
  const lookedAt = new LookedAtCommits();
  lookedAt.note(view('0'), 'a/');
  let moves = 0;
  while (moves < 1_000 && lookedAt.follow(move(String(moves), String(moves + 1)))) {
    moves++;
  }
  expect(moves).toBe(100);
  expect(lookedAt.follow(move('100', '101'))).toBeUndefined();
  lookedAt.note(view('100'), 'a/');
  expect(lookedAt.follow(move('100', '101'))).toMatchObject({ repository: 'lake', paths: ['a/'] });
});

test('the paths asked for last are remembered, the last one at the end', () => {
  const lookedAt = new LookedAtCommits();
  for (let i = 0; i < 10; i++) {
    lookedAt.note(view('0'), `${i}/`);
  }
  lookedAt.note(view('0'), '5/');
  lookedAt.note(view('1'), 'there/');
  const paths = ['3/', '4/', '6/', '7/', '8/', '9/', '5/', 'there/'];
  expect(lookedAt.follow(move('0', '1'))).toMatchObject({ paths });
});

test('another repository with the same commit is not looked at, nor one that is gone', () => {
  const lookedAt = new LookedAtCommits();
  lookedAt.note(view('0', 'other' as RepositoryUid), '');
  expect(lookedAt.follow(move('0', '1'))).toBeUndefined();
  lookedAt.note(view('0'), '');
  lookedAt.forget(uid);
  expect(lookedAt.follow(move('0', '1'))).toBeUndefined();
});
