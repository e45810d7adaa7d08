import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * Which rooms of the service a room may import, besides itself, `ids.ts`, `durable.ts` and `entity-tags.ts`. Imports go
 * down only, see ARCHITECTURE.md; `life` and `main.ts` wire everything and nobody imports them.
 */
const MAY_IMPORT = {
  kv: [],
  blocks: [],
  tree: [],
  sample: [],
  catalog: ['tree', 'kv', 'blocks'],
  auth: ['kv', 'catalog'],
  rows: ['catalog', 'tree', 'kv', 'blocks'],
  rest: ['rows', 'catalog', 'auth'],
  s3: ['rows', 'catalog', 'auth']
};

const roomZones = Object.entries(MAY_IMPORT).map(([room, below]) => ({
  target: `./src/service/${room}`,
  from: './src/service',
  except: [room, ...below, 'ids.ts', 'durable.ts', 'entity-tags.ts'].map(name => `./${name}`),
  message: `${room}/ may import ${below.map(name => `${name}/`).join(', ') || 'no other room'} only: imports go down.`
}));

/** The same inside rows/: each folder may import those before it. What lies beside them imports them all. */
const ROWS = [
  'formats',
  'counting',
  'engine',
  'delta',
  'datasets',
  'tables',
  'comparing',
  'preview',
  'answers',
  'guards'
];

const rowsZones = ROWS.map((folder, at) => ({
  target: `./src/service/rows/${folder}`,
  from: './src/service/rows',
  except: ROWS.slice(0, at + 1).map(name => `./${name}`),
  message: `rows/${folder}/ may import ${ROWS.slice(0, at).join(', ') || 'no other folder of rows'} only: imports go down.`
}));

const sideZones = [
  { target: './src/protocol', from: './src', except: ['./protocol'], message: 'The wire imports nothing.' },
  { target: './src/lab', from: './src/service', message: 'lab and service share protocol and nothing else.' },
  { target: './src/service', from: './src/lab', message: 'service and lab share protocol and nothing else.' }
];

const ENVIRONMENT = 'Only src/service/main.ts reads the environment; pass what is needed.';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'lib/',
      'dist/',
      'databranch/',
      'test-output/',
      'bench-output/',
      '.venv*/',
      '.databranch/',
      '.cache/'
    ]
  },
  {
    files: ['**/*.{ts,tsx,mjs,cjs}'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: 'src/*/tsconfig.json', noWarnOnMultipleProjects: true })
      ]
    },
    rules: {
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }
      ],
      // TypeScript knows what exists; in scripts it is Node.
      'no-undef': 'off',
      // What comes over the wire is searched for just such characters.
      'no-control-regex': 'off'
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Without resolution the import rule would pass in silence.
      'import-x/no-unresolved': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...sideZones, ...roomZones, ...rowsZones] }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map(name => ({
            name,
            importNames: ['env'],
            message: ENVIRONMENT
          }))
        }
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }]
    }
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    // Answers of a service are looked at as they are.
    rules: { '@typescript-eslint/no-explicit-any': 'off' }
  },
  {
    files: ['src/service/main.ts'],
    rules: { 'no-restricted-properties': 'off' }
  },
  {
    files: ['src/lab/**/*.{ts,tsx}'],
    plugins: { jupyter, 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'jupyter/plugin-activation-args': 'error',
      'jupyter/plugin-description': 'error',
      'jupyter/plugin-id-convention': 'error',
      'jupyter/command-described-by': 'error',
      'jupyter/command-id-convention': 'error',
      'jupyter/token-format': 'error',
      'jupyter/no-translation-concatenation': 'error',
      'jupyter/no-dynamic-translation': 'error',
      'jupyter/require-signal-this-arg': 'error',
      'jupyter/no-pageconfig-base-url': 'error'
    }
  }
);
