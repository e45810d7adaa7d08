import type { NodeHash } from '../ids.js';
import { encodeLeaf, hashOf } from './encode.js';

const bytes = encodeLeaf([]);

/** The tree without entries: a leaf without entries. */
export const EMPTY_ROOT: { readonly hash: NodeHash; readonly bytes: Buffer } = { hash: hashOf(bytes), bytes };
