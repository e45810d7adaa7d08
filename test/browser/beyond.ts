import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Jupyter } from './jupyter';
import type { Task } from './tasks';
import { Ground } from './tasks';
import { writeNotebook } from './work-notebook';

const REPOSITORY = 'quickstart';
const BRANCH = 'test-env';
const NOTEBOOK = 'work.ipynb';

const PEOPLE = 'id,name\n1,Ada\n2,Alan\n';

/** Writes to the branch that its kernel is on. */
const CELLS = [
  '%load_ext databranch\nfrom pathlib import Path\nPath("more.csv").write_text("id,name\\n3,Edsger\\n");',
  ...['keep', 'merge', 'throw'].map(what => `branch.upload("more.csv", "${what}/");`)
];

/** What the panel offers and the tutorial has no need of. */
export const BEYOND: readonly Task[] = [
  {
    words: 'Show the repository, and switch to another branch',
    do: hands => hands.openBranch(REPOSITORY, BRANCH)
  },
  {
    words: 'Upload a folder with all in it',
    do: (hands, where) => hands.uploadFolder(where.file('report')),
    then: async jupyter => {
      expect(await changes(jupyter)).toEqual(['report/deep/prices.csv', 'report/notes.md']);
    }
  },
  {
    words: "Upload a file from JupyterLab's file browser",
    do: hands => hands.uploadFromFileBrowser('local.csv', 'local'),
    then: async jupyter => {
      expect(await changes(jupyter)).toContain('local/local.csv');
    }
  },
  {
    words: 'Discard one change of several',
    do: hands => hands.discard('report/deep/prices.csv'),
    then: async jupyter => {
      expect(await changes(jupyter)).toEqual(['local/local.csv', 'report/notes.md']);
    }
  },
  {
    words: 'Give an object another path',
    do: hands => hands.rename('report/', 'notes.md', 'kept/notes.md'),
    then: async jupyter => {
      expect(await changes(jupyter)).toEqual(['kept/notes.md', 'local/local.csv']);
    }
  },
  {
    words: 'Delete an object',
    do: hands => hands.remove('kept/', 'notes.md'),
    then: async jupyter => {
      expect(await changes(jupyter)).toEqual(['local/local.csv']);
    }
  },
  {
    words: 'Commit the rest',
    do: hands => hands.commit('From the file browser', ['by', 'hand']),
    then: async jupyter => {
      expect(await changes(jupyter)).toEqual([]);
    }
  },
  {
    words: 'Look at the rows that differ, by a key',
    do: hands => hands.seeRows('people/', 'id', ['Ada', 'Grace'])
  },
  {
    words: 'Merge what both sides changed, path by path',
    do: hands => hands.mergeDeciding({ 'both.txt': BRANCH, 'people/people.csv': 'main' }),
    then: async jupyter => {
      expect(await jupyter.read(REPOSITORY, 'main', 'both.txt')).toBe('on the branch');
      expect(await jupyter.read(REPOSITORY, 'main', 'people/people.csv')).toContain('Konrad');
    }
  },
  {
    words: 'Do a commit once more on another branch',
    do: hands => hands.cherryPick(BRANCH, 'A single file', 'release'),
    then: async jupyter => {
      expect(await jupyter.read(REPOSITORY, 'release', 'single.txt')).toBe('alone');
    }
  },
  {
    words: 'Protect a branch',
    do: hands => hands.protect('release'),
    then: async jupyter => {
      const rules = await jupyter.ask(`/repositories/${REPOSITORY}/settings/branch_protection`);
      expect(rules).toEqual([{ pattern: 'release' }]);
    }
  },
  {
    words: 'Run a cell in a sandbox branch, and keep it as a branch',
    do: async hands => {
      await hands.openNotebookOn(BRANCH, NOTEBOOK);
      await hands.runCell(0);
      await hands.runInSandbox(1);
      await hands.keepSandbox(1, 'kept-try');
    },
    then: async jupyter => {
      expect(await jupyter.read(REPOSITORY, 'kept-try', 'keep/more.csv')).toContain('Edsger');
    }
  },
  {
    words: 'Run a cell in a sandbox branch, and merge it',
    do: async hands => {
      await hands.runInSandbox(2);
      await hands.mergeSandbox(2, BRANCH);
    },
    then: async jupyter => {
      expect(await jupyter.read(REPOSITORY, BRANCH, 'merge/more.csv')).toContain('Edsger');
    }
  },
  {
    words: 'Run a cell in a sandbox branch, and throw it away',
    do: async hands => {
      await hands.runInSandbox(3);
      await hands.discardSandbox(3);
    },
    then: async jupyter => {
      await expect(jupyter.read(REPOSITORY, BRANCH, 'throw/more.csv')).rejects.toThrow('404');
    }
  }
];

/** Two branches that both changed something, a third one, files to upload, and a notebook. */
export function beginBeyond(): Promise<Ground> {
  return Ground.lay(async files => {
    mkdirSync(join(files, 'report', 'deep'), { recursive: true });
    writeFileSync(join(files, 'report', 'notes.md'), '# Notes\n');
    writeFileSync(join(files, 'report', 'deep', 'prices.csv'), 'a,b\n1,2\n');
    const jupyter = await Jupyter.start({ rows: 8_000 });
    writeNotebook(jupyter, CELLS);
    writeFileSync(jupyter.workFile('local.csv'), PEOPLE);
    const commit = async (
      branch: string,
      message: string,
      objects: Record<string, string>
    ): Promise<void> => {
      for (const [path, text] of Object.entries(objects)) {
        await jupyter.upload(REPOSITORY, branch, path, text);
      }
      await jupyter.request('POST', `/repositories/${REPOSITORY}/branches/${branch}/commits`, { message });
    };
    await commit('main', 'People', { 'people/people.csv': PEOPLE });
    for (const name of [BRANCH, 'release']) {
      await jupyter.request('POST', `/repositories/${REPOSITORY}/branches`, { name, source: 'main' });
    }
    await commit('main', 'By somebody else', {
      'both.txt': 'on main',
      'people/people.csv': `${PEOPLE}4,Konrad\n`
    });
    await commit(BRANCH, 'Both sides', {
      'both.txt': 'on the branch',
      'people/people.csv': PEOPLE.replace('Ada', 'Grace')
    });
    await commit(BRANCH, 'A single file', { 'single.txt': 'alone' });
    return jupyter;
  });
}

/** Paths of what lies uncommitted on the branch. */
async function changes(jupyter: Jupyter): Promise<string[]> {
  const diff = await jupyter.ask(`/repositories/${REPOSITORY}/branches/${BRANCH}/diff`);
  return (diff as { results: { path: string }[] }).results.map(({ path }) => path);
}
