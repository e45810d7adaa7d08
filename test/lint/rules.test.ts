import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Finding {
  ruleId: string | null;
  line: number;
}

/** A line that must be refused by `rule`, or allowed where there is none; without a claim a mere filler. */
interface Planted {
  claim?: string;
  line: string;
  rule?: string;
}

const PATHS_RULE = 'import-x/no-restricted-paths';

/** Lines planted into files that exist, because types are looked up for them. */
const PLANTED: Record<string, Planted[]> = {
  'src/service/rest/app.ts': [
    { claim: 'rest imports kv', line: `export { openLmdb } from '../kv/lmdb.js';`, rule: PATHS_RULE },
    {
      claim: 'rest imports a mere type of kv',
      line: `export type { Kv } from '../kv/kv.js';`,
      rule: PATHS_RULE
    },
    { claim: 'rest imports catalog', line: `export { CatalogError } from '../catalog/errors.js';` },
    { claim: 'rest imports protocol', line: `export type { Health } from '../../protocol/databranch.js';` }
  ],
  'src/service/s3/handler.ts': [
    { claim: 's3 imports rest', line: `export { createRest } from '../rest/app.js';`, rule: PATHS_RULE },
    {
      claim: 's3 imports blocks when it runs',
      line: `export const blocks = () => import('../blocks/local.js');`,
      rule: PATHS_RULE
    }
  ],
  'src/service/rows/counting/counting.ts': [
    {
      claim: 'counting imports what asks for counts',
      line: `export { Comparison } from '../comparing/comparison.js';`,
      rule: PATHS_RULE
    },
    { claim: 'counting imports formats', line: `export { kindOf as kind } from '../formats/format.js';` }
  ],
  'src/service/catalog/catalog.ts': [
    { claim: 'catalog imports rest', line: `export { createRest } from '../rest/app.js';`, rule: PATHS_RULE },
    {
      claim: 'catalog imports what wires it',
      line: `export { serve } from '../life/serve.js';`,
      rule: PATHS_RULE
    },
    { claim: 'service imports lab', line: `export * from '../../lab/index.js';`, rule: PATHS_RULE },
    { claim: 'catalog imports tree', line: `export { Tree } from '../tree/tree.js';` },
    { claim: 'catalog imports ids', line: `export type { CommitId } from '../ids.js';` },
    {
      claim: 'an import leads nowhere, so that the rule could not see it',
      line: `export { nothing } from '../kv/no-such-file.js';`,
      rule: 'import-x/no-unresolved'
    },
    {
      claim: 'catalog reads the environment',
      line: `export const home = process.env['HOME'];`,
      rule: 'no-restricted-properties'
    },
    {
      claim: 'catalog imports the environment',
      line: `export { env } from 'node:process';`,
      rule: 'no-restricted-imports'
    },
    {
      claim: 'a promise is left to itself',
      line: `export const forget = (work: () => Promise<void>): void => { work(); };`,
      rule: '@typescript-eslint/no-floating-promises'
    }
  ],
  'src/service/tree/tree.ts': [
    {
      claim: 'tree imports catalog',
      line: `export { decodeEntry } from '../catalog/entry.js';`,
      rule: PATHS_RULE
    }
  ],
  'src/service/main.ts': [
    { claim: 'main.ts reads the environment', line: `export const home = process.env['HOME'];` }
  ],
  'src/lab/index.ts': [
    {
      claim: 'lab imports service',
      line: `export type { Entry } from '../service/catalog/model';`,
      rule: PATHS_RULE
    }
  ],
  'src/protocol/databranch.ts': [
    {
      claim: 'protocol imports service',
      line: `export type { Entry } from '../service/catalog/model.js';`,
      rule: PATHS_RULE
    },
    ...Array<Planted>(399).fill({ line: 'export {};' }),
    { claim: 'a file has more than 400 lines', line: 'export {};', rule: 'max-lines' }
  ]
};

/**
 * Lints each text as if it were the file of that path. In a process of its own: Jest's module system cannot
 * import a flat configuration.
 */
async function lint(texts: Record<string, string>): Promise<Record<string, Finding[]>> {
  const script = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint();
    const found = {};
    for (const [filePath, text] of Object.entries(${JSON.stringify(texts)})) {
      const [{ messages }] = await eslint.lintText(text, { filePath });
      found[filePath] = messages.map(({ ruleId, line }) => ({ ruleId, line }));
    }
    console.log(JSON.stringify(found));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(__dirname, '..', '..')
  });
  return JSON.parse(stdout) as Record<string, Finding[]>;
}

/** Types of the whole project are loaded once. */
const LINT_MS_MAX = 180_000;

let found: Record<string, Finding[]>;
beforeAll(async () => {
  const texts = Object.entries(PLANTED).map(([path, lines]) => [
    path,
    lines.map(({ line }) => line).join('\n')
  ]);
  found = await lint(Object.fromEntries(texts));
}, LINT_MS_MAX);

const cases = Object.entries(PLANTED).flatMap(([path, lines]) =>
  lines.map(({ claim, rule }, index) => ({ claim, rule, path, line: index + 1 }))
);
const rulesAt = (path: string, at: number) =>
  found[path]!.filter(({ line }) => line === at).map(({ ruleId }) => ruleId);

const refused = cases.filter(({ claim, rule }) => claim && rule);
const allowed = cases.filter(({ claim, rule }) => claim && !rule);

test.each(refused)('lint refuses that $claim ($rule)', ({ path, line, rule }) => {
  expect(rulesAt(path, line)).toEqual([rule]);
});

test.each(allowed)('lint allows that $claim', ({ path, line }) => {
  expect(rulesAt(path, line)).toEqual([]);
});
