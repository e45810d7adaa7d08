#!/usr/bin/env node
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, inCheckout } from './checkout.mjs';

/** Where the browser tests leave what they saw, and where the documentation shows it. */
const TAKEN = inCheckout('test-output', 'browser');
const SHOWN = inCheckout('docs', 'pictures');

/** All pages of the documentation. */
export function pages() {
  const docs = readdirSync(inCheckout('docs'), { recursive: true }).map(name => join('docs', name));
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs]
    .filter(name => name.endsWith('.md'))
    .map(name => join(checkout, name));
}

/** The files that a page refers to, as absolute paths; without those of other sites. */
export function linksOf(page) {
  const text = readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => {
      const [path, anchor] = target.split('#');
      return { path: path === '' ? page : resolve(dirname(page), path), anchor };
    });
}

/** The pictures that the documentation shows, as paths in its folder. */
export function picturesShown() {
  const paths = pages().flatMap(page => linksOf(page).map(({ path }) => path));
  return [...new Set(paths.filter(path => dirname(path) === SHOWN))].sort();
}

/** `npm run pictures`: puts in place of the pictures in the documentation those that the browser tests took last. */
function refresh() {
  const shown = picturesShown();
  const absent = [];
  for (const picture of shown) {
    const taken = join(TAKEN, basename(picture));
    if (existsSync(taken)) {
      copyFileSync(taken, picture);
    } else {
      absent.push(basename(picture));
    }
  }
  for (const name of readdirSync(SHOWN).filter(file => !shown.includes(join(SHOWN, file)))) {
    rmSync(join(SHOWN, name));
  }
  const bytes = shown.filter(existsSync).reduce((sum, picture) => sum + statSync(picture).size, 0);
  console.log(`${shown.length - absent.length} pictures refreshed, ${Math.round(bytes / 1000)} kB in all.`);
  if (absent.length > 0) {
    console.error(`No test has taken ${absent.join(', ')}: run npm test -- --only browser first.`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  refresh();
}
