import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { IObservable } from './model/observable.js';
import type { IDatabranch } from './tokens.js';

/** What every view needs: the state to show, the commands to act with, the language to speak. */
export interface Lab {
  databranch: IDatabranch;
  commands: CommandRegistry;
  trans: TranslationBundle;
  /** JupyterLab's renderers, where there are any. */
  rendermime?: IRenderMimeRegistry | null;
  /** Tells a screen reader. */
  say(sentence: string): void;
}

export const LabContext = createContext<Lab | null>(null);

/** The surroundings of a component. @throws Error - outside a `LabContext` */
export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (!lab) {
    throw new Error('This component belongs inside a LabContext.');
  }
  return lab;
}

/** Renders the component again whenever the model changes, and gives the model. */
export function useModel<T extends IObservable | null | undefined>(model: T): T {
  const subscribe = useCallback(
    (changed: () => void) => {
      model?.changed.connect(changed);
      return () => void model?.changed.disconnect(changed);
    },
    [model]
  );
  useSyncExternalStore(subscribe, () => model?.version ?? 0);
  return model;
}
