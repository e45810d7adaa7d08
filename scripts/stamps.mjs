import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkout, memory } from './checkout.mjs';

/** Folders in which nothing is a source, wherever they are. */
const NOT_SOURCES = new Set(['node_modules', '__pycache__', '.ipynb_checkpoints']);

/**
 * A fingerprint of files by their contents (some 300 files take 20 ms; times would miss a `git checkout`).
 *
 * @param {string[]} paths files and folders of the checkout, which may be missing
 * @param {string[]} [leaveOut] folders of the checkout that are made, not written
 */
export function fingerprint(paths, leaveOut = []) {
  const hash = createHash('sha256');
  const skip = new Set(leaveOut.map(path => join(checkout, path)));
  for (const path of paths) {
    for (const file of filesBelow(join(checkout, path), skip)) {
      hash
        .update(`${relative(checkout, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

function filesBelow(path, skip) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || skip.has(path)) {
    return [];
  }
  if (!found.isDirectory()) {
    return [path];
  }
  return readdirSync(path)
    .filter(name => !NOT_SOURCES.has(name) && !name.endsWith('.pyc'))
    .sort()
    .flatMap(name => filesBelow(join(path, name), skip));
}

/**
 * Remembers for which inputs a piece of work was last finished.
 *
 * While the work runs the stamp says so; whoever finds it saying that knows that the work was interrupted
 * and that what it left cannot be trusted.
 */
export class Stamp {
  static #UNFINISHED = 'unfinished';
  static #FAILED = 'failed';
  #file;

  /** @param {string} name one per piece of work */
  constructor(name, folder = memory) {
    this.#file = join(folder, `${name}.stamp`);
  }

  /** @returns {'same' | 'changed' | 'interrupted'} */
  compare(inputs) {
    const kept = this.#read();
    if (kept === Stamp.#UNFINISHED) {
      return 'interrupted';
    }
    return kept === inputs ? 'same' : 'changed';
  }

  /**
   * Does the work for these inputs. When it fails in an orderly way, what it left is as good as before.
   *
   * @param {string | (() => string)} inputs a function where the work itself changes them
   * @param {() => Promise<void>} work
   */
  async during(inputs, work) {
    this.#write(Stamp.#UNFINISHED);
    try {
      await work();
    } catch (error) {
      this.#write(Stamp.#FAILED);
      throw error;
    }
    this.#write(typeof inputs === 'function' ? inputs() : inputs);
  }

  #read() {
    return statSync(this.#file, { throwIfNoEntry: false }) ? readFileSync(this.#file, 'utf8') : undefined;
  }

  #write(text) {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, text);
  }
}
