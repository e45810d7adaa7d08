import type { INotebookModel } from '@jupyterlab/notebook';

/** The key in a notebook's metadata. */
const KEY = 'databranch';

/** The branch that a notebook works on, as kept in its metadata. */
export interface BranchChoice {
  repository: string;
  branch: string;
}

/** The notebook's branch; null when none was chosen, or when what is there is no such choice. */
export function readChoice(model: INotebookModel | null): BranchChoice | null {
  const { repository, branch } = (model?.getMetadata(KEY) ?? {}) as Partial<BranchChoice>;
  return typeof repository === 'string' && typeof branch === 'string' ? { repository, branch } : null;
}

/**
 * Keeps the notebook's branch; the notebook stays clean when it has it already.
 *
 * @returns whether it is another one
 */
export function keepChoice(model: INotebookModel, choice: BranchChoice): boolean {
  const kept = readChoice(model);
  const isOther = kept?.repository !== choice.repository || kept.branch !== choice.branch;
  if (isOther) {
    model.setMetadata(KEY, { repository: choice.repository, branch: choice.branch });
  }
  return isOther;
}
