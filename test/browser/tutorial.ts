import type { DataSetComparison } from '../../src/protocol/databranch';
import type { Commit } from '../../src/protocol/lakefs';
import { Jupyter, writeSampleFiles } from './jupyter';
import type { Task } from './tasks';
import { Ground } from './tasks';
import { writeNotebook } from './work-notebook';

/** Names that the tutorial uses. */
const REPOSITORY = 'isolated-env';
const BRANCH = 'test-env';
const FILE = 'lakefs_test.csv';

/** A tenth of the rows that the tutorial's file has. */
const ROWS = 48_600;

/**
 * The tutorial's notebook: its Spark job in the words of pyarrow, so that it runs wherever the browser does.
 * `test/examples` runs the same with Spark.
 */
const CELLS = [
  `import databranch
import pyarrow.parquet as pq
from pyarrow import csv
branch = databranch.branch
files = branch.filesystem()
with files.open_input_stream("${REPOSITORY}/main/${FILE}") as file:
    reviews = csv.read_csv(file)
def write(mode):
    if mode == "overwrite":
        files.delete_dir_contents(branch.path)
    pq.write_table(reviews, f"{branch.path}/part-{mode}.parquet", filesystem=files)`,
  'write("overwrite")',
  'write("append")'
];

/** Cells of the notebook. */
const JOB = { read: 0, overwrite: 1, append: 2 } as const;

const NOTEBOOK = 'work.ipynb';

const MERGED = `Merge '${BRANCH}' into 'main'`;

/** The tutorial "Isolated Dev & Test Environments", task by task. */
export const TUTORIAL: readonly Task[] = [
  {
    words: 'Create a repository',
    do: hands => hands.createRepository(REPOSITORY),
    then: async jupyter => {
      expect(await branches(jupyter)).toEqual(['main']);
    }
  },
  {
    words: 'Upload the data to main',
    do: (hands, where) => hands.uploadObject(where.file(FILE)),
    then: async jupyter => {
      expect(await objects(jupyter, 'main')).toEqual([FILE]);
    }
  },
  {
    words: 'Commit it',
    do: hands => hands.commit('Reviews', ['source', 'tutorial']),
    then: async jupyter => {
      expect(await head(jupyter, 'main')).toMatchObject({
        message: 'Reviews',
        metadata: { source: 'tutorial' }
      });
    }
  },
  {
    words: 'Create the branch test-env from main',
    do: hands => hands.createBranch(BRANCH, 'main'),
    then: async jupyter => {
      expect(await branches(jupyter)).toEqual(['main', BRANCH]);
    }
  },
  {
    words: 'See that the branch holds the data of main',
    do: hands => hands.lookAtObject(BRANCH, FILE),
    then: async jupyter => {
      expect((await head(jupyter, BRANCH)).id).toBe((await head(jupyter, 'main')).id);
    }
  },
  {
    words: 'Read it in a notebook, by code that is copied',
    do: async (hands, { jupyter }) => {
      const code = await hands.copyCode(BRANCH, FILE, 'pandas');
      expect(jupyter.python(`${code}\nprint(len(df))`)).toBe(`${ROWS}\n`);
    }
  },
  {
    words: 'Run the job on the branch',
    do: async hands => {
      await hands.openNotebookOn(BRANCH, NOTEBOOK);
      await hands.runCell(JOB.read);
      await hands.runCell(JOB.overwrite);
    },
    then: async jupyter => {
      expect(await objects(jupyter, BRANCH)).toEqual(['part-overwrite.parquet']);
      expect(await rows(jupyter)).toMatchObject({ verdict: 'equal', left_rows: ROWS, right_rows: ROWS });
    }
  },
  {
    words: 'Run it once more, in append mode by mistake',
    do: hands => hands.runCell(JOB.append),
    then: async jupyter => {
      expect(await rows(jupyter)).toMatchObject({ verdict: 'repeated', times: 2, right_rows: 2 * ROWS });
    }
  },
  {
    words: 'Compare the row counts of main and test-env',
    do: hands =>
      hands.compare(/97,200 rows, 48,600 more than lakefs_test.csv on main: every row of .* is here twice/),
    then: async jupyter => {
      expect(await objects(jupyter, 'main')).toEqual([FILE]);
    }
  },
  {
    words: 'See what lies uncommitted on the branch, and reset it',
    do: async hands => {
      await hands.seeUncommitted(BRANCH, 'part-append.parquet');
      await hands.reset(BRANCH);
    },
    then: async jupyter => {
      expect(await objects(jupyter, BRANCH)).toEqual([FILE]);
    }
  },
  {
    words: 'Run the job as it should run, and commit',
    do: async hands => {
      await hands.openNotebookOn(BRANCH, NOTEBOOK);
      await hands.runCell(JOB.overwrite);
      await hands.commit('Reviews as Parquet', ['job', '42']);
    },
    then: async jupyter => {
      expect(await head(jupyter, BRANCH)).toMatchObject({
        message: 'Reviews as Parquet',
        metadata: { job: '42' }
      });
    }
  },
  {
    words: 'Merge the branch into main',
    do: async hands => {
      await hands.compare('The rows are the same on both sides');
      await hands.merge(BRANCH);
    },
    then: async jupyter => {
      expect((await head(jupyter, 'main')).message).toBe(MERGED);
      expect(await objects(jupyter, 'main')).toEqual(['part-overwrite.parquet']);
    }
  },
  {
    words: 'Tag what main is now',
    do: hands => hands.tag('v1'),
    then: async jupyter => {
      expect(await head(jupyter, 'v1')).toEqual(await head(jupyter, 'main'));
    }
  },
  {
    words: 'Revert the merge',
    do: hands => hands.revert(MERGED),
    then: async jupyter => {
      expect(await objects(jupyter, 'main')).toEqual([FILE]);
      expect((await head(jupyter, 'main')).parents).toEqual([(await head(jupyter, 'v1')).id]);
    }
  },
  {
    words: 'Undo the revert',
    do: hands => hands.undo('Commit reverted on main'),
    then: async jupyter => {
      expect(await head(jupyter, 'main')).toEqual(await head(jupyter, 'v1'));
    }
  },
  {
    words: 'Delete the branch',
    do: hands => hands.deleteBranch(BRANCH),
    then: async jupyter => {
      expect(await branches(jupyter)).toEqual(['main']);
    }
  }
];

/** A JupyterLab as the tutorial begins with it: no repository, the job's notebook, and a file to upload. */
export function beginTutorial(): Promise<Ground> {
  return Ground.lay(async files => {
    writeSampleFiles(files, ROWS, FILE);
    const jupyter = await Jupyter.start();
    writeNotebook(jupyter, CELLS);
    return jupyter;
  });
}

async function branches(jupyter: Jupyter): Promise<string[]> {
  return list(jupyter, `/repositories/${REPOSITORY}/branches`, 'id');
}

async function objects(jupyter: Jupyter, ref: string): Promise<string[]> {
  return list(jupyter, `/repositories/${REPOSITORY}/refs/${ref}/objects/ls`, 'path');
}

async function list(jupyter: Jupyter, path: string, key: string): Promise<string[]> {
  const { results } = (await jupyter.ask(path)) as { results: Record<string, string>[] };
  return results.map(result => result[key]!);
}

async function head(jupyter: Jupyter, ref: string): Promise<Commit> {
  return (await jupyter.ask(`/repositories/${REPOSITORY}/commits/${ref}`)) as Commit;
}

/** What became of the one data set on the branch. */
async function rows(jupyter: Jupyter): Promise<DataSetComparison | undefined> {
  const found = await jupyter.ask(`/databranch/repositories/${REPOSITORY}/refs/main/rows/${BRANCH}`);
  return (found as { datasets: DataSetComparison[] }).datasets[0];
}
