import type { NodeHash } from '../ids.js';
import { Chunk } from './chunk.js';
import { leafPayload } from './items.js';
import { hashOf } from './record.js';

const bytes = new Chunk().encode(0, leafPayload);

/** The tree without entries: a leaf without entries. */
export const EMPTY_ROOT: { readonly hash: NodeHash; readonly bytes: Buffer } = { hash: hashOf(bytes), bytes };
