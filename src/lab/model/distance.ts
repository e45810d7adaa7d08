import type { Client } from '../client/client.js';

/** Commits on one side that the other has not, counted up to {@link COMMITS_COUNTED}. */
export interface Distance {
  base: string;
  ahead: number;
  behind: number;
}

/** Where counting stops: a hint in the panel needs no exact figure beyond. */
export const COMMITS_COUNTED = 100;

/** How many commits `branch` is ahead of `base`, and behind it. */
export async function readDistance(
  client: Client,
  repository: string,
  branch: string,
  base: string,
  signal: AbortSignal
): Promise<Distance> {
  const found = await client.mergeBase(repository, branch, base, signal);
  const log = async (ref: string): Promise<string[]> => {
    const { results } = await client.log(repository, ref, { amount: COMMITS_COUNTED, signal });
    return results.map(commit => commit.id);
  };
  const isLevel = (commit: string): boolean => commit === found.base_commit_id;
  if (isLevel(found.source_commit_id) && isLevel(found.destination_commit_id)) {
    return { base, ahead: 0, behind: 0 };
  }
  // What the merge base has in its past, both sides have.
  const shared = new Set(await log(found.base_commit_id));
  const count = async (ref: string, head: string): Promise<number> =>
    isLevel(head) ? 0 : (await log(ref)).filter(commit => !shared.has(commit)).length;
  const [ahead, behind] = await Promise.all([
    count(branch, found.source_commit_id),
    count(base, found.destination_commit_id)
  ]);
  return { base, ahead, behind };
}
