import type { BranchModel } from './branch.js';
import type { Memory } from './memory.js';

/** A commit being written: kept per branch, so that neither a reload nor a switch of branches loses it. */
export interface CommitDraft {
  message: string;
  /** Pairs as typed; those without a key are left out of the commit. */
  metadata: [key: string, value: string][];
}

const EMPTY: CommitDraft = { message: '', metadata: [] };

export function readDraft(memory: Memory, branch: BranchModel): CommitDraft {
  return (memory.get(key(branch)) as CommitDraft | undefined) ?? EMPTY;
}

/** Keeps a draft; an empty one is forgotten. */
export function keepDraft(memory: Memory, branch: BranchModel, draft: CommitDraft): void {
  const isEmpty = draft.message === '' && draft.metadata.length === 0;
  memory.set(key(branch), isEmpty ? undefined : { message: draft.message, metadata: draft.metadata });
}

/** The metadata that a draft's pairs give. */
export function metadataOf(draft: CommitDraft): Record<string, string> {
  return Object.fromEntries(
    draft.metadata.filter(([name]) => name.trim() !== '').map(([name, value]) => [name.trim(), value])
  );
}

function key(branch: BranchModel): string {
  return `draft:${branch.repository.name}/${branch.name}`;
}
