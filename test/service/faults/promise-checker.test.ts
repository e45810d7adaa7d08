import {
  branchModel,
  type Deed,
  type LoggedMove,
  type Objects,
  type Operation
} from './promise/branch-model';
import { wrongCommits, type ToldCommit } from './promise/commit-graph';
import { linearize } from './promise/linearize';

/** Who did what from when to when. */
type Line = [client: number, begin: number, end: number, deed: Deed];

const move = (id: string, verb: string, from: string | null, to: string | null): LoggedMove => ({
  id,
  verb,
  from,
  to,
  undoes: null
});

/** Whether this can have happened on a branch that began at an empty commit "0". */
function canBe(lines: Line[], log: LoggedMove[] = [], contents: Record<string, Objects> = {}): boolean {
  const clients = [0, 1, 2].map(client =>
    lines
      .filter(line => line[0] === client)
      .map(([, begin, end, deed]): Operation => ({ ...deed, begin, end, client, what: deed.verb }))
  );
  const contentOf = (commit: string) => contents[commit] ?? new Map<string, string>();
  return linearize(clients, branchModel({ start: '0', log, contentOf })).linearizable;
}

const put = (path: string, etag: string, more: object = {}): Deed => ({
  verb: 'put',
  path,
  etag,
  outcome: 'done',
  ...more
});
const read = (path: string, etag: string | null): Deed => ({ verb: 'read', path, etag });
const list = (...objects: [string, string][]): Deed => ({
  verb: 'list',
  prefix: '',
  objects: new Map(objects)
});
const seal = (by: string): Deed => ({ verb: 'seal', by, clean: false, outcome: 'done' });
const publish = (by: string, commit: string): Deed => ({
  verb: 'publish',
  by,
  move: 'commit',
  commit,
  outcome: 'done'
});

describe('the checker of the promise', () => {
  test('takes a read beside a write for either side of it, and a read after it for one side', () => {
    const write: Line[] = [
      [0, 0, 1, put('a', '1')],
      [0, 2, 9, put('a', '2')]
    ];
    expect(canBe([...write, [1, 3, 4, read('a', '1')]])).toBe(true);
    expect(canBe([...write, [1, 3, 4, read('a', '2')]])).toBe(true);
    expect(canBe([...write, [1, 10, 11, read('a', '2')]])).toBe(true);
    expect(canBe([...write, [1, 10, 11, read('a', '1')]])).toBe(false);
    expect(canBe([...write, [1, 10, 11, read('a', null)]])).toBe(false);
  });

  test('finds a value that is seen and then unseen', () => {
    const lines: Line[] = [
      [0, 0, 9, put('a', '1')],
      [1, 1, 2, read('a', '1')]
    ];
    expect(canBe([...lines, [2, 3, 4, read('a', '1')]])).toBe(true);
    expect(canBe([...lines, [2, 3, 4, read('a', null)]])).toBe(false);
  });

  test('finds a page that is no snapshot', () => {
    const writes: Line[] = [
      [0, 0, 1, put('a', '1')],
      [0, 2, 3, put('b', '1')]
    ];
    expect(canBe([...writes, [1, 0, 5, list(['a', '1'])]])).toBe(true);
    expect(canBe([...writes, [1, 0, 5, list(['b', '1'])]])).toBe(false);
  });

  test('finds two writers that both were the first', () => {
    const first = (client: number, etag: string, outcome = 'done'): Line => [
      client,
      0,
      5,
      put('a', etag, { ifNoneMatch: true, outcome })
    ];
    expect(canBe([first(0, '1'), first(1, '2', 'failed')])).toBe(true);
    expect(canBe([first(0, '1'), first(1, '2')])).toBe(false);
    expect(
      canBe([
        [0, 0, 1, put('a', '1')],
        [1, 2, 3, put('a', '2', { ifMatch: '0' })]
      ])
    ).toBe(false);
  });

  test('finds a write that a commit swallows, and lets one beside it be in the commit or not', () => {
    const log = [move('1', 'commit', '0', 'c')];
    const lines = (begin: number): Line[] => [
      [0, 0, 1, put('a', '1')],
      [1, 2, 6, seal('x')],
      [1, 2, 6, publish('x', 'c')],
      [0, begin, begin + 1, put('b', '1')],
      [2, 10, 11, { verb: 'reset', outcome: 'done' }]
    ];
    const after = (...objects: [string, string][]): Line => [2, 12, 13, list(...objects)];
    const logged = [...log, move('2', 'reset', 'c', 'c')];
    const withB = new Map([
      ['a', '1'],
      ['b', '1']
    ] as [string, string][]);
    const withoutB = new Map([['a', '1']] as [string, string][]);
    expect(canBe([...lines(3), after(['a', '1'])], logged, { c: withoutB })).toBe(true);
    expect(canBe([...lines(3), after(['a', '1'], ['b', '1'])], logged, { c: withB })).toBe(true);
    expect(canBe([...lines(7), after(['a', '1'])], logged, { c: withoutB })).toBe(true);
    expect(canBe([...lines(7), after(['a', '1'], ['b', '1'])], logged, { c: withB })).toBe(false);
    expect(canBe([...lines(3), after()], logged, { c: new Map() })).toBe(false);
  });

  test('finds a branch that stands elsewhere than its log says, and one that is made twice', () => {
    const head = (commit: string | null): Deed => ({ verb: 'head', commit });
    const create: Deed = { verb: 'create', commit: '0', outcome: 'done' };
    const gone: Deed = { verb: 'delete-branch', outcome: 'done' };
    const log = [move('1', 'delete-branch', '0', null), move('2', 'create-branch', null, '0')];
    expect(
      canBe(
        [
          [0, 0, 1, gone],
          [0, 2, 3, head(null)],
          [0, 4, 5, create],
          [1, 6, 7, head('0')]
        ],
        log
      )
    ).toBe(true);
    expect(
      canBe(
        [
          [0, 0, 1, gone],
          [0, 2, 3, create],
          [1, 4, 5, head(null)]
        ],
        log
      )
    ).toBe(false);
    expect(
      canBe(
        [
          [0, 0, 1, gone],
          [0, 2, 3, create],
          [1, 2, 3, create]
        ],
        log
      )
    ).toBe(false);
  });

  test('finds a merge that holds something else than the naive one', () => {
    const commit = (
      id: string,
      verb: string,
      parents: string[],
      objects: Record<string, string>,
      metadata = {}
    ): [string, ToldCommit] => [
      id,
      { id, verb, parents, metadata, objects: new Map(Object.entries(objects)) }
    ];
    const graph = (objects: Record<string, string>, strategy = '') =>
      new Map([
        commit('0', 'first', [], { a: '0', b: '0' }),
        commit('1', 'commit', ['0'], { a: '1', b: '0' }),
        commit('2', 'commit', ['0'], { a: '2', b: '2' }),
        commit('m', 'merge', ['1', '2'], objects, { strategy })
      ]);
    expect(wrongCommits(graph({ a: '2', b: '2' }, 'source-wins'))).toEqual([]);
    expect(wrongCommits(graph({ a: '1', b: '2' }, 'dest-wins'))).toEqual([]);
    expect(wrongCommits(graph({ a: '1', b: '0' }, 'dest-wins'))).toEqual(['merge m']);
    expect(wrongCommits(graph({ a: '2', b: '2' }))).toEqual(['merge m']);
  });
});
