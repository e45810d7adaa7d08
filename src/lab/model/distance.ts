import type { Client } from '../client.js';

/** Commits on one side that the other has not, counted up to {@link COMMITS_COUNTED}. */
export interface Distance {
  base: string;
  ahead: number;
  behind: number;
}

/** Where counting stops: a hint in the panel needs no exact figure beyond. */
export const COMMITS_COUNTED = 100;

/** How many commits `branch` is ahead of `base`, and behind it, along first parents. */
export async function readDistance(
  client: Client,
  repository: string,
  branch: string,
  base: string,
  signal: AbortSignal
): Promise<Distance> {
  const found = await client.mergeBase(repository, branch, base, signal);
  const count = async (ref: string, from: string): Promise<number> => {
    if (from === found.base_commit_id) {
      return 0;
    }
    const query = { amount: COMMITS_COUNTED, first_parent: true, stop_at: found.base_commit_id, signal };
    const { results } = await client.log(repository, ref, query);
    // Servers differ in whether the commit to stop at is listed itself.
    return results.filter(commit => commit.id !== found.base_commit_id).length;
  };
  const [ahead, behind] = await Promise.all([
    count(branch, found.source_commit_id),
    count(base, found.destination_commit_id)
  ]);
  return { base, ahead, behind };
}
