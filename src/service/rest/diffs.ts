import type * as wire from '../../protocol/lakefs.js';
import type { Difference } from '../catalog/model.js';
import { contentTypeOf } from './stats.js';

/** A difference in the API's form. */
export function diffForm(difference: Difference, withRightStats = false): wire.Diff {
  const { entry } = difference;
  const diff: wire.Diff = {
    type: difference.type,
    path: difference.path,
    path_type: difference.kind === 'prefix' ? 'common_prefix' : 'object'
  };
  if (entry) {
    diff.size_bytes = entry.size;
  }
  // What was removed has no right side.
  if (entry && withRightStats && difference.type !== 'removed') {
    diff.right = {
      checksum: entry.checksum,
      mtime: Math.floor(entry.mtime / 1000),
      content_type: contentTypeOf(entry),
      metadata: entry.metadata
    };
  }
  return diff;
}
