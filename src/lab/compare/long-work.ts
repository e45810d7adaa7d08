import { Notification } from '@jupyterlab/apputils';
import { useEffect, useRef } from 'react';
import { useLab } from '../context.js';
import type { Asked } from './answer.js';

/** What takes longer is told beside the view too, which may be out of sight by then. */
const LONG_MS = 5_000;

/** A notification stays at least as long as it takes to read: the work may end just after it came. */
const SHOWN_MS_MIN = 1_000;

/** A message that it is done stays this long. */
const DONE_SHOWN_MS = 6_000;

/**
 * Follows a question that takes long with a notification: how far it is, a button that gives it up, and in the end
 * its answer.
 *
 * @param busy - what is being done, e.g. "Comparing rows …"
 * @param answer - what was found, in words
 */
export function useLongWork(question: Asked, busy: string, answer: string): void {
  const { trans } = useLab();
  const isBusy = question.busy;
  const found = useRef(answer);
  found.current = answer;
  useEffect(() => {
    if (!isBusy) {
      return;
    }
    let id: string | undefined;
    let shownAt = 0;
    const share = (): number | undefined => {
      const { files_done = 0, files_total = 0 } = question.progress ?? {};
      return files_total > 0 ? files_done / files_total : undefined;
    };
    const late = setTimeout(() => {
      const actions = [{ label: trans.__('Cancel'), callback: () => question.cancel() }];
      id = Notification.emit(busy, 'in-progress', { autoClose: false, progress: share(), actions });
      shownAt = Date.now();
    }, LONG_MS);
    const update = (): void => {
      if (id !== undefined && question.busy) {
        Notification.update({ id, message: busy, progress: share() });
      }
    };
    question.changed.connect(update);
    return () => {
      clearTimeout(late);
      question.changed.disconnect(update);
      if (id === undefined) {
        return;
      }
      const shown = id;
      const isAnswered = !question.busy && !question.error && !question.cancelled && !question.isDisposed;
      const message = found.current;
      const end = (): void => {
        // Another one in its place: a progress bar cannot be taken off.
        Notification.dismiss(shown);
        if (isAnswered) {
          Notification.success(message, { autoClose: DONE_SHOWN_MS });
        }
      };
      setTimeout(end, Math.max(0, shownAt + SHOWN_MS_MIN - Date.now()));
    };
  }, [question, isBusy, busy, trans]);
}
