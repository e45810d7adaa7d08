import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { Lab } from '../context.js';
import { explain } from '../errors.js';
import type { BranchModel } from '../model/branch.js';

/** What commands work with, beside what views need. */
export interface CommandContext extends Lab {
  app: JupyterFrontEnd;
}

/** Where a command was asked for: what the element under a context menu tells about itself. */
export interface Place {
  repository?: string;
  branch?: string;
  ref?: string;
  path?: string;
  /** What the files there are, e.g. `csv`. */
  format?: string;
  kind?: string;
  commit?: string;
  tag?: string;
  /** `menu` when a context menu asks: only then does the element under it count. */
  at?: string;
}

/** Class of elements whose `data-…` attributes say what a context menu on them is about. */
export const PLACE_CLASS = 'jp-db-Place';

/**
 * What a command is about: its arguments, else the element under the context menu, else the current branch.
 * Elements nest: the inner one's attributes win.
 */
export function placeOf(context: CommandContext, args: Place): Place {
  const hit: Place = {};
  if (args.at === 'menu') {
    context.app.contextMenuHitTest(node => {
      if (node.classList.contains(PLACE_CLASS)) {
        for (const [name, value] of Object.entries(node.dataset)) {
          hit[name as keyof Place] ??= value;
        }
      }
      return false; // look at every element up to the root
    });
  }
  const current = context.databranch.current;
  const place = { ...hit, ...args };
  return {
    ...place,
    repository: place.repository ?? current?.repository.name,
    branch:
      place.branch ??
      (place.repository && place.repository !== current?.repository.name ? undefined : current?.name)
  };
}

/** The branch that a command is about; undefined while there is none. */
export function branchOf(context: CommandContext, args: Place): BranchModel | undefined {
  const { repository, branch } = placeOf(context, args);
  return repository && branch ? context.databranch.repository(repository).branch(branch) : undefined;
}

/**
 * Does something that may fail, and tells the user when it does: what failed, why, and a way to try again.
 *
 * @param failed - what failed, e.g. "Committing to test-env failed."
 * @returns whether it was done
 */
export function attempt(context: Lab, failed: string, act: () => Promise<void>): Promise<boolean> {
  context.databranch.notices.clear();
  return attemptBeside(context, failed, act);
}

/** As {@link attempt}, for what nobody has asked for: what is told of something else stays. */
export async function attemptBeside(
  context: Lab,
  failed: string,
  act: () => Promise<void>
): Promise<boolean> {
  const { databranch, trans, say } = context;
  try {
    await act();
    return true;
  } catch (error) {
    const detail = explain(error, trans);
    const retry = (): void => void attempt(context, failed, act);
    databranch.notices.set({ title: failed, detail, retry });
    if (databranch.notices.seen) {
      say(`${failed} ${detail}`);
    } else {
      const actions = [{ label: trans.__('Try again'), callback: retry }];
      Notification.error(`${failed} ${detail}`, { autoClose: false, actions });
    }
    return false;
  }
}

/** A message that something was done stays this long. */
const DONE_SHOWN_MS = 4_000;

/** Tells that something is done: to the eye for a moment, to a screen reader once. */
export function done(context: Lab, sentence: string): void {
  context.say(sentence);
  Notification.success(sentence, { autoClose: DONE_SHOWN_MS });
}
