import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Lab } from '../context.js';

/** Asks before something is thrown away, unless the settings say not to. */
export async function confirmLoss(
  lab: Lab,
  question: { title: string; body: string; accept: string }
): Promise<boolean> {
  if (!lab.databranch.preferences.confirmDeletions) {
    return true;
  }
  const { button } = await showDialog({
    title: question.title,
    body: question.body,
    buttons: [
      Dialog.cancelButton({ label: lab.trans.__('Cancel') }),
      Dialog.warnButton({ label: question.accept })
    ],
    defaultButton: 0
  });
  return button.accept;
}
