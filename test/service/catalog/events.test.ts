import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import type { CatalogEvent } from '../../../src/service/catalog/events.js';
import { Fixture } from './fixture.js';

let lake: Fixture;
let told: CatalogEvent[];
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1' });
  await lake.branch('dev');
  told = [];
  lake.catalog.events.listen(event => told.push(event));
});
afterEach(() => lake.close());

const head = async (branch: string) => (await lake.catalog.refs.resolve('lake', `${branch}@`)).commitId;

/** That `verb` told of one move of `branch`, from where it stood to where it stands. */
async function expectMove(branch: string, verb: () => Promise<unknown>): Promise<void> {
  const from = await head(branch);
  await verb();
  const to = await head(branch);
  expect(to).not.toBe(from);
  expect(told.splice(0)).toEqual([
    { kind: 'branch-moved', uid: expect.stringMatching(/./), branch, from, to }
  ]);
}

test('every verb that moves a branch tells it, once', async () => {
  const { merges, replays, branches, imports, operations, undo } = lake.catalog;
  const undoLast = async () => {
    const { results } = await operations.list('lake', { amount: 1 });
    await undo.apply('lake', results[0]!.id, 'me');
  };
  await expectMove('dev', () => lake.commit('dev', { b: '1' }));
  await expectMove('main', () => merges.merge('lake', 'dev', 'main', { committer: 'me' }));
  await expectMove('main', () => replays.revert('lake', 'main', { ref: 'dev', committer: 'me' }));
  await expectMove('main', () => replays.cherryPick('lake', 'main', { ref: 'dev', committer: 'me' }));
  await expectMove('main', () => branches.hardReset('lake', 'main', 'main~1'));
  await expectMove('main', undoLast);
  await mkdir(join(lake.source, 'in'));
  await writeFile(join(lake.source, 'in', 'c'), '1');
  await expectMove('main', async () => {
    const id = await imports.start('lake', 'main', {
      locations: [{ type: 'common_prefix', path: `local://${join(lake.source, 'in')}/`, destination: 'c/' }],
      commit: { committer: 'me', message: 'in' }
    });
    for (let ended = false; !ended;) {
      await setImmediate();
      const { completed, error } = await imports.status('lake', 'main', id);
      expect(error).toBeUndefined();
      ended = completed;
    }
  });
});

test('what leaves a branch on its commit, or is refused, tells nothing', async () => {
  await lake.put('dev', 'b', '1');
  await lake.catalog.branches.reset('lake', 'dev', { kind: 'reset' });
  await lake.branch('other');
  await lake.catalog.branches.delete('lake', 'other');
  await expect(lake.commit('dev', {})).rejects.toMatchObject({ code: 'nothing-to-commit' });
  expect(told).toEqual([]);
});

test('what is told can be read already', async () => {
  const seen: Promise<string>[] = [];
  lake.catalog.events.listen(() => seen.push(head('dev')));
  const { id } = await lake.commit('dev', { b: '1' });
  expect(await Promise.all(seen)).toEqual([id]);
});

test('the end of a repository is told', async () => {
  const { uid } = await lake.catalog.views.open('lake', 'main');
  await lake.catalog.repositories.delete('lake');
  expect(told).toEqual([{ kind: 'repository-deleted', uid }]);
});
