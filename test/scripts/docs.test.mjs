import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { checkout, inCheckout } from '../../scripts/checkout.mjs';
import { linksOf, pages, picturesShown } from '../../scripts/pictures.mjs';

/** Pictures come along with every clone. */
const PICTURES_BYTES_MAX = 2_000_000;

const nameOf = file => relative(checkout, file);

test('every link in the documentation leads somewhere', () => {
  const broken = pages().flatMap(page =>
    linksOf(page)
      .filter(({ path, anchor }) => !existsSync(path) || (anchor && !anchorsOf(path).includes(anchor)))
      .map(({ path, anchor }) => `${nameOf(page)}: ${nameOf(path)}${anchor ? `#${anchor}` : ''}`)
  );
  assert.deepEqual(broken, []);
});

test('the pictures are those that pages show, and small in all', () => {
  const there = readdirSync(inCheckout('docs', 'pictures')).map(name => inCheckout('docs', 'pictures', name));
  assert.deepEqual(there.sort().map(nameOf), picturesShown().map(nameOf));
  const bytes = there.reduce((sum, file) => sum + statSync(file).size, 0);
  assert.ok(bytes < PICTURES_BYTES_MAX, `${bytes} bytes`);
});

test('a browser test takes each picture that pages show', () => {
  const folder = inCheckout('test', 'browser');
  const stories = readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  // Some names are put together from a view and a theme.
  const taken = [...stories.matchAll(/'([\w-]+-light)'|`([\w-]+-)\$\{/g)].map(
    ([, whole, begin]) => whole ?? begin
  );
  const untaken = picturesShown()
    .map(file => file.replace(/^.*\/|\.png$/g, ''))
    .filter(name => !taken.some(one => name === one || (one.endsWith('-') && name.startsWith(one))));
  assert.deepEqual(untaken, []);
});

test('what the task pages set in bold is what the interface says', () => {
  const said = interfaceWords();
  const unknown = pages()
    .filter(page => nameOf(page).startsWith(join('docs', 'tasks')))
    .flatMap(page => boldIn(page).map(words => ({ page: nameOf(page), words })))
    .filter(({ words }) => !said.some(pattern => pattern.test(words)));
  assert.deepEqual(unknown, []);
});

/** What GitHub and others make of a page's headings. */
function anchorsOf(page) {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
  );
}

/** Only names of the interface are set in bold there. */
function boldIn(page) {
  const text = readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words.replace(/\s+/g, ' '));
}

/** All that the interface can say: whole sentences, in which a word may stand for `%1`. */
function interfaceWords() {
  const sources = readdirSync(inCheckout('src', 'lab'), { recursive: true })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => readFileSync(inCheckout('src', 'lab', name), 'utf8'));
  const strings = sources.flatMap(source =>
    [...source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)].map(
      ([, single, double]) => single ?? double
    )
  );
  const schema = JSON.parse(readFileSync(inCheckout('schema', 'plugin.json'), 'utf8'));
  const settings = [schema.title, ...Object.values(schema.properties).map(({ title }) => title)];
  return [...strings, ...settings].map(
    words =>
      new RegExp(
        `^${words
          .split(/%\d/)
          .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('\\S+')}$`
      )
  );
}
