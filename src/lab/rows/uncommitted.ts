import type { TranslationBundle } from '@jupyterlab/translation';
import type { BranchState } from '../../protocol/databranch.js';
import { formatCount } from '../format.js';

/** How much lies uncommitted on a branch; with `more`, at least so much. By whom, the service does not keep. */
export interface Uncommitted {
  branch: string;
  number: number;
  more: boolean;
}

/** What of a branch is to be pointed out where figures count it; nothing where all is committed. */
export function uncommittedIn(state: BranchState | undefined): readonly Uncommitted[] {
  return state && state.uncommitted > 0
    ? [{ branch: state.branch, number: state.uncommitted, more: state.uncommitted_more }]
    : [];
}

/** The one line that points it out. */
export function uncommittedSentence({ branch, number, more }: Uncommitted, trans: TranslationBundle): string {
  return number === 1 && !more
    ? trans.__('1 uncommitted change on %1, whoever made it, is counted here.', branch)
    : trans.__(
        '%1 uncommitted changes on %2, whoever made them, are counted here.',
        formatCount(number, more),
        branch
      );
}
