import type { Contents } from '../../catalog/contents.js';
import {
  DEFAULT_GUARDS,
  GUARDS_BYTES_MAX,
  GUARDS_PATH,
  guardsFrom,
  WrongGuards,
  type Guard
} from './guard-rules.js';
import { contentReader } from '../formats/range-reader.js';
import { entryAt, type Ground } from '../counting/scope.js';

/** What a text says as guards. */
export interface ReadGuards {
  guards: Guard[];
  /** Set where it cannot be read as guards: a sentence that names the place. There are none then. */
  wrong?: string;
}

export interface BranchGuards extends ReadGuards {
  /** `default`: the branch has none of its own. */
  origin: 'file' | 'default';
  /** Its file; undefined where there is none, or one too large to be read. */
  text?: string;
}

/** Reads a text as guards. Never throws: what is wrong is part of the answer. */
export function readGuards(text: string): ReadGuards {
  try {
    return { guards: guardsFrom(text) };
  } catch (error) {
    if (error instanceof WrongGuards) {
      return { guards: [], wrong: error.message };
    }
    throw error;
  }
}

/** The guards of a view of a branch, or in their place the default one. Cost: one look-up, one object of 64 KiB. */
export async function guardsOf(contents: Pick<Contents, 'read'>, ground: Ground): Promise<BranchGuards> {
  const entry = await entryAt(ground, GUARDS_PATH);
  if (!entry) {
    return { origin: 'default', guards: DEFAULT_GUARDS };
  }
  if (entry.size > GUARDS_BYTES_MAX) {
    return { origin: 'file', guards: [], wrong: `it has more than ${GUARDS_BYTES_MAX / 1024} KiB` };
  }
  const file = contentReader(contents, ground.view.repository, entry.contentId, entry.size);
  const text = Buffer.from(await file.slice(0, entry.size)).toString('utf8');
  return { origin: 'file', text, ...readGuards(text) };
}
