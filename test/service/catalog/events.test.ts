import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import type { CatalogEvent, ObjectsStaged } from '../../../src/service/catalog/events.js';
import { chunks, Fixture } from './fixture.js';

let lake: Fixture;
/** Of branches and repositories. */
let told: CatalogEvent[];
/** Of objects. */
let staged: ObjectsStaged[];
beforeEach(async () => {
  lake = await Fixture.open();
  await lake.commit('main', { a: '1' });
  await lake.branch('dev');
  told = [];
  staged = [];
  lake.catalog.events.listen(event => {
    if (event.kind === 'objects-staged') {
      staged.push(event);
    } else {
      told.push(event);
    }
  });
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
    // Its end can be read a moment before it is told.
    for (let ended = false; !ended || told.length === 0;) {
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
  lake.catalog.events.listen(event =>
    seen.push(event.kind === 'objects-staged' ? lake.read('dev', 'b') : head('dev'))
  );
  const { id } = await lake.commit('dev', { b: '1' });
  expect(await Promise.all(seen)).toEqual(['1', id]);
});

test('every way of writing objects to a branch and of removing them tells which, once', async () => {
  const { contents, objects, uploads } = lake.catalog;
  const commitId = await head('dev');
  const receive = (text: string) => contents.receive('lake', chunks(text));
  /** That `verb` told of the objects at `paths`, as they are then. */
  const expectStaged = async (paths: string[], verb: () => Promise<unknown>) => {
    await verb();
    const changes = await Promise.all(
      paths.map(async path => {
        const { path: _, ...entry } = (await objects.find('lake', 'dev', path)) ?? { path };
        return { path, entry: 'contentId' in entry ? entry : undefined };
      })
    );
    const uid = expect.stringMatching(/./) as string;
    expect(staged.splice(0)).toEqual([{ kind: 'objects-staged', uid, branch: 'dev', commitId, changes }]);
  };
  await expectStaged(['put'], () => lake.put('dev', 'put', '1'));
  await expectStaged(['copy'], () =>
    objects.copy('lake', { ref: 'dev', path: 'put' }, { branch: 'dev', path: 'copy' })
  );
  await expectStaged(['put'], () => objects.setMetadata('lake', 'dev', 'put', { a: 'b' }));
  const multipart = await uploads.create('lake', 'dev', 'parts', {});
  const part = { partNumber: 1, ...(await uploads.putPart('lake', multipart, 1, await receive('22'))) };
  await expectStaged(['parts'], () => uploads.complete('lake', multipart, [part]));
  const single = await uploads.stage('lake', 'dev', 'linked');
  const { etag } = await uploads.putPart('lake', single, 1, await receive('333'));
  await expectStaged(['linked'], () => uploads.link('lake', single, { size: 3, checksum: etag }, {}));
  await expectStaged(['put'], () => objects.delete('lake', 'dev', 'put'));
  await expectStaged(['copy', 'parts'], () => objects.deleteMany('lake', 'dev', ['copy', 'parts']));
  expect(told).toEqual([]);
});

test('the end of a repository is told', async () => {
  const { uid } = await lake.catalog.views.open('lake', 'main');
  await lake.catalog.repositories.delete('lake');
  expect(told).toEqual([{ kind: 'repository-deleted', uid }]);
});
