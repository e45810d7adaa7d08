import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files that hold a licence or what it wants to be told; DuckDB's bindings and lmdb carry their libraries' too. */
const LICENCE_FILE = /^(licen[cs]e|copying|notice|copyright)([-_.].*)?$/i;

/**
 * The licences of everything in the bundle, as one text.
 *
 * @param {string} root The project's folder.
 * @param {string[]} inputs Bundled files, relative to `root`.
 * @param {string[]} packages Names of further packages, whose files are copied.
 */
export function notices(root, inputs, packages) {
  const folders = new Set([
    ...inputs.map(packageOf).filter(folder => folder !== undefined),
    ...packages.map(name => `node_modules/${name}`)
  ]);
  const sections = [...folders].sort().map(folder => section(join(root, folder)));
  return ['Databranch contains the following packages, each under its own licence.\n', ...sections].join(
    `\n${'-'.repeat(100)}\n\n`
  );
}

/** The innermost package folder that holds a bundled file; undefined for our own. */
function packageOf(input) {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  return folder;
}

function section(folder) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8')
  );
  const by = typeof author === 'object' ? author.name : author;
  const head = [`${name} ${version}`, license && `Licence: ${license}`, by && `Author: ${by}`, homepage];
  const texts = licenceFiles(folder).map(file => readFileSync(file, 'utf8').trim());
  if (texts.length === 0 && !license) {
    throw new Error(`${name} ${version} names no licence; it cannot be bundled.`);
  }
  return [head.filter(Boolean).join('\n'), ...texts].join('\n\n') + '\n';
}

/** In the package itself and in the sources of native libraries that it brings along. */
function licenceFiles(folder) {
  const own = readdirSync(folder)
    .filter(name => LICENCE_FILE.test(name))
    .map(name => join(folder, name));
  const dependencies = join(folder, 'dependencies');
  if (!existsSync(dependencies)) {
    return own;
  }
  const brought = readdirSync(dependencies, { recursive: true, withFileTypes: true });
  return [
    ...own,
    ...brought
      .filter(entry => entry.isFile() && LICENCE_FILE.test(entry.name))
      .map(entry => join(entry.parentPath ?? entry.path, entry.name))
      .sort()
  ];
}
