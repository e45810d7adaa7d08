import { MessageLoop } from '@lumino/messaging';
import { act as reactAct } from 'react';

/**
 * Does something and lets React, Lumino and pending promises come to rest. React's checks are on only meanwhile:
 * JupyterLab's own widgets render outside of them.
 */
export async function act(work: () => unknown = () => undefined): Promise<void> {
  const flags = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
  flags.IS_REACT_ACT_ENVIRONMENT = true;
  try {
    await reactAct(async () => {
      await work();
      MessageLoop.flush();
      // Promises of the fakes settle in microtasks; a macrotask comes after all of them.
      await new Promise(resolve => setTimeout(resolve, 0));
      MessageLoop.flush();
    });
  } finally {
    flags.IS_REACT_ACT_ENVIRONMENT = false;
  }
}
