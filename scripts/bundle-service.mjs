/**
 * Bundles the service into databranch/service/: flat, without node_modules, so that a wheel can carry it and
 * any Node from 20 on can run it. The native parts of this machine's platform lie in native/ beside it.
 *
 *   node scripts/bundle-service.mjs [--watch] [--out FOLDER]
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { notices } from './notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, out: { type: 'string' } }
});
const out = values.out ?? join(root, 'databranch', 'service');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const musl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
const platform = `${process.platform}-${process.arch}`;
const libc = process.platform === 'linux' ? (musl ? '.musl' : '.glibc') : '';

/** What cannot be bundled: source package, file in it, name in native/. */
const NATIVE = [
  // The Node-API build runs on every Node; the others on one version each.
  { from: `@lmdb/lmdb-${platform}`, file: `node.napi${libc}.node`, to: 'lmdb.node' },
  { from: `@duckdb/node-bindings-${platform}${musl ? '-musl' : ''}`, file: 'duckdb.node', to: 'duckdb.node' },
  ...duckdbLibrary(),
  { from: 'parquet-wasm', file: 'node/parquet_wasm_bg.wasm', to: 'parquet_wasm_bg.wasm' }
];

/** duckdb.node finds this one beside itself (RUNPATH $ORIGIN), by this name. */
function duckdbLibrary() {
  const file = { linux: 'libduckdb.so', darwin: 'libduckdb.dylib', win32: 'duckdb.dll' }[process.platform];
  const from = `@duckdb/node-bindings-${platform}${musl ? '-musl' : ''}`;
  return file === undefined ? [] : [{ from, file, to: file }];
}

/** Loads native parts from native/ instead of searching for a package that fits the platform. */
const nativeParts = {
  name: 'native parts',
  setup(build) {
    const contents = file => `module.exports = require(__dirname + '/native/${file}');`;
    const replaced = [
      [
        /^node-gyp-build-optional-packages$/,
        `module.exports = () => require(__dirname + '/native/lmdb.node');`
      ],
      [/^@duckdb\/node-bindings$/, contents('duckdb.node')],
      // An optional accelerator of msgpackr, which the service does not need: records are bytes.
      [/^msgpackr-extract$/, `throw Object.assign(new Error('not bundled'), { code: 'MODULE_NOT_FOUND' });`]
    ];
    for (const [filter, code] of replaced) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'native' }));
      build.onLoad({ filter, namespace: 'native' }, () => ({ contents: code, loader: 'js' }));
    }
    build.onLoad({ filter: /parquet-wasm[\\/]node[\\/]parquet_wasm\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('${__dirname}/parquet', '${__dirname}/native/parquet'),
      loader: 'js'
    }));
  }
};

/** ES modules have no `require`, `__filename` and `__dirname`; bundled CommonJS packages want them. */
const banner = `import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL('.', import.meta.url)).replace(/[\\\\/]$/, '');`;

const entryPoints = {
  databranch: 'src/service/main.ts',
  'engine-process': 'src/service/rows/engine/engine-process.ts',
  'footer-worker': 'src/service/rows/formats/footer-worker.ts',
  'preview-worker': 'src/service/rows/preview/preview-worker.ts',
  'hash-worker': 'src/service/catalog/hashing/hash-worker.ts',
  'sample-worker': 'src/service/sample/part-worker.ts'
};

/** @type {esbuild.BuildOptions} */
const options = {
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    Object.entries(entryPoints).filter(([, path]) => existsSync(join(root, path)))
  ),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Prefer ES modules: one copy of a package that ships both.
  mainFields: ['module', 'main'],
  banner: { js: banner },
  define: { DATABRANCH_VERSION: JSON.stringify(version) },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [nativeParts, { name: 'native parts beside the bundle', setup: build => build.onEnd(finish) }]
};

/** Puts the native parts and the licences of everything bundled beside a fresh bundle. */
function finish({ metafile, errors }) {
  if (errors.length > 0) {
    return;
  }
  mkdirSync(join(out, 'native'), { recursive: true });
  for (const { from, file, to } of NATIVE) {
    cpSync(join(packageFolder(from), file), join(out, 'native', to));
  }
  const bundled = Object.keys(metafile.inputs);
  writeFileSync(
    join(out, 'THIRD-PARTY-NOTICES.txt'),
    notices(
      root,
      bundled,
      NATIVE.map(part => part.from)
    )
  );
}

/** Not by require.resolve alone: some of these packages export no package.json and have no main file. */
function packageFolder(name) {
  const folders = require.resolve.paths(name) ?? [];
  const found = folders
    .map(folder => join(folder, name))
    .find(folder => existsSync(join(folder, 'package.json')));
  if (!found) {
    throw new Error(
      `${name} is not installed; 'npm install' brings it for the platforms that Databranch runs on.`
    );
  }
  return found;
}

if (values.watch) {
  await (await esbuild.context(options)).watch();
} else {
  rmSync(out, { recursive: true, force: true });
  await esbuild.build(options);
}
