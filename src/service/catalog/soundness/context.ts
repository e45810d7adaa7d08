import type { Blocks } from '../../blocks/blocks.js';
import type { RepositoryUid } from '../../ids.js';
import type { Kv } from '../../kv/kv.js';
import type { Pace } from '../pace.js';
import type { Tally } from './report.js';

/** What every check of one repository works with. */
export interface CheckContext {
  kv: Kv;
  blocks: Blocks;
  uid: RepositoryUid;
  /** "repository lake". */
  where: string;
  tally: Tally;
  pace: Pace;
}
