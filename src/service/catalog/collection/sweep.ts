import type { Blocks } from '../../blocks/blocks.js';
import type { RepositoryUid } from '../../ids.js';
import type { Kv, Version } from '../../kv/kv.js';
import type { Pace } from '../pace.js';
import type { RepositoryFigures } from './figures.js';
import type { Marks } from './marks.js';

/** The removal of what is not marked from one repository. */
export interface Sweep {
  kv: Kv;
  blocks: Blocks;
  uid: RepositoryUid;
  marks: Marks;
  /** Records with a higher version were written since the epoch was raised: they are left alone. */
  line: Version;
  pace: Pace;
  figures: RepositoryFigures;
  /** Only counts. */
  dryRun: boolean;
}
