import type { NodeHash } from '../ids.js';
import type { Edit, Tree } from '../tree/tree.js';
import { CatalogError, CONFLICT_PATHS_MAX } from './errors.js';
import type { MergeRequest } from './model.js';

/**
 * The tree `into` with what `from` changed against `base`. Cost: O(differences · log entries).
 * @throws merge-conflict (`data.paths`, `data.count`) where both sides changed a path and no strategy decides
 */
export async function mergeTrees(
  tree: Tree,
  { base, into, from }: { base: NodeHash; into: NodeHash; from: NodeHash },
  strategy?: MergeRequest['strategy']
): Promise<NodeHash> {
  const paths: string[] = [];
  let conflicts = 0;
  async function* edits(): AsyncGenerator<Edit> {
    for await (const step of tree.merge(base, into, from)) {
      if (!step.conflict) {
        yield step;
      } else if (strategy === 'source-wins') {
        yield { key: step.key, value: step.conflict.theirs };
      } else if (strategy === undefined && ++conflicts <= CONFLICT_PATHS_MAX) {
        paths.push(step.key.toString('utf8'));
      }
    }
  }
  const root = await tree.edit(into, edits());
  if (conflicts > 0) {
    throw conflict(paths, conflicts);
  }
  return root;
}

function conflict(paths: string[], count: number): CatalogError {
  const shown = paths.slice(0, 3).join(', ') + (count > 3 ? ` and ${count - 3} more` : '');
  const what = count === 1 ? '1 object was' : `${count} objects were`;
  return new CatalogError(
    'merge-conflict',
    `${what} changed on both sides: ${shown}. Choose a side (strategy source-wins or dest-wins), or change one of them first.`,
    { paths, count }
  );
}
