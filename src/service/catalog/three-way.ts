import type { NodeHash } from '../ids.js';
import type { Edit, Tree } from '../tree/tree.js';
import { CatalogError, CONFLICT_PATHS_MAX } from './errors.js';
import type { MergeRequest } from './model.js';

/**
 * The tree `into` with what `from` changed against `base`. Where both sides changed a path, its own choice of a
 * side counts before the strategy. Cost: O(differences · log entries).
 * @throws merge-conflict (`data.paths`, `data.count`) where both sides changed a path and nothing decides
 */
export async function mergeTrees(
  tree: Tree,
  { base, into, from }: { base: NodeHash; into: NodeHash; from: NodeHash },
  { strategy, sides }: Pick<MergeRequest, 'strategy' | 'sides'> = {}
): Promise<NodeHash> {
  const otherwise = strategy && (strategy === 'source-wins' ? 'source' : 'destination');
  const paths: string[] = [];
  let conflicts = 0;
  async function* edits(): AsyncGenerator<Edit> {
    for await (const step of tree.merge(base, into, from)) {
      if (!step.conflict) {
        yield step;
        continue;
      }
      const path = step.key.toString('utf8');
      const side = sides?.get(path) ?? otherwise;
      if (side === 'source') {
        yield { key: step.key, value: step.conflict.theirs };
      } else if (side === undefined && ++conflicts <= CONFLICT_PATHS_MAX) {
        paths.push(path);
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
