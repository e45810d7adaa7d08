import { keyOfMap, type Objects } from './branch-model';

/** A commit as the service tells it, with everything that it holds. */
export interface ToldCommit {
  id: string;
  verb: string;
  parents: string[];
  /** For a merge, its source and strategy; for a revert and a cherry-pick, the commit. */
  metadata: Record<string, string>;
  objects: Objects;
}

/**
 * The merges, reverts and cherry-picks that do not hold what a naive three-way merge makes of their parents. Where
 * there are several merge bases, none above another, each of them will do.
 */
export function wrongCommits(commits: Map<string, ToldCommit>): string[] {
  return [...commits.values()]
    .filter(commit => !isRight(commit, commits))
    .map(({ verb, id }) => `${verb} ${id}`);
}

function isRight(
  { verb, parents, metadata, objects }: ToldCommit,
  commits: Map<string, ToldCommit>
): boolean {
  const into = commits.get(parents[0]!)?.objects ?? new Map<string, string>();
  const equals = (merged: Objects | undefined) =>
    merged !== undefined && keyOfMap(merged) === keyOfMap(objects);
  switch (verb) {
    case 'merge': {
      const source = parents[1] ?? metadata['source']!;
      const from = commits.get(source)!.objects;
      const bases = mergeBases(commits, parents[0]!, source);
      return bases.some(base => equals(merged(commits.get(base)!.objects, into, from, metadata['strategy'])));
    }
    case 'revert': {
      const reverted = commits.get(metadata['reverts']!)!;
      return equals(merged(reverted.objects, into, commits.get(reverted.parents[0]!)!.objects));
    }
    case 'cherry-pick': {
      const picked = commits.get(metadata['cherry-pick-origin']!)!;
      return equals(merged(commits.get(picked.parents[0]!)!.objects, into, picked.objects));
    }
    default:
      return true;
  }
}

/** Common ancestors of two commits that are no other common ancestor's ancestor. */
function mergeBases(commits: Map<string, ToldCommit>, a: string, b: string): string[] {
  const above = (id: string): Set<string> => {
    const found = new Set<string>();
    for (const pending = [id]; pending.length > 0;) {
      const next = pending.pop()!;
      if (!found.has(next)) {
        found.add(next);
        pending.push(...commits.get(next)!.parents);
      }
    }
    return found;
  };
  const ofB = above(b);
  const common = [...above(a)].filter(id => ofB.has(id));
  return common.filter(id => !common.some(other => other !== id && above(other).has(id)));
}

/** undefined where both sides changed a path and no strategy decides. */
function merged(base: Objects, into: Objects, from: Objects, strategy = ''): Objects | undefined {
  const result = new Map(into);
  for (const path of new Set([...base.keys(), ...into.keys(), ...from.keys()])) {
    const [before, ours, theirs] = [base.get(path), into.get(path), from.get(path)];
    if (theirs === before || theirs === ours || (ours !== before && strategy === 'dest-wins')) {
      continue;
    }
    if (ours !== before && strategy === '') {
      return undefined;
    }
    if (theirs === undefined) {
      result.delete(path);
    } else {
      result.set(path, theirs);
    }
  }
  return result;
}
