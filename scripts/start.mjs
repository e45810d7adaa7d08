#!/usr/bin/env node
// `npm start`: from a fresh clone to an open JupyterLab. An old Node must get as far as being told that it is too old,
// so nothing is imported before it is asked.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Node ${process.versions.node} is too old: version 20 or newer is needed.`);
  console.error('Install one from https://nodejs.org, or with nvm: nvm install 22');
  process.exitCode = 1;
} else {
  import('./start/main.mjs').then(({ main }) => main(process.argv.slice(2)));
}
