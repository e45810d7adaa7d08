/** Builds types, service and lab extension again whenever a source changes; one Ctrl+C ends all. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const watchers = [
  [require.resolve('typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'],
  ['scripts/bundle-service.mjs', '--watch'],
  [
    require.resolve('@jupyter/builder/lib/build-labextension.js'),
    ...['--core-package-file', 'node_modules/@jupyterlab/core-meta/core.package.json'],
    ...['--development', '--watch', '.']
  ]
].map(args => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }));

for (const watcher of watchers) {
  watcher.on('exit', code => {
    process.exitCode ||= code ?? 1;
    watchers.forEach(other => other.kill());
  });
}
