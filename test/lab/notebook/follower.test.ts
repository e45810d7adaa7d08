import type { NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import { NotebookFollower } from '../../../src/lab/notebook/follower';
import type { IDatabranch } from '../../../src/lab/tokens';

const OLD = { repository: 'quickstart', branch: 'main' };
const NEW = { repository: 'quickstart', branch: 'test-env' };

/** A notebook whose kernel answers a question about its branch when it comes to it. */
function notebook(): { panel: NotebookPanel; answer: PromiseDelegate<string> } {
  const answer = new PromiseDelegate<string>();
  const metadata = new Map<string, unknown>();
  const signal = (): Signal<unknown, unknown> => new Signal<unknown, unknown>({});
  const done = answer.promise.then(branch => ({
    content: { status: 'ok', user_expressions: { branch: { data: { 'text/plain': branch } } } }
  }));
  const kernel = { name: 'python3', connectionStatus: 'connected', requestExecute: () => ({ done }) };
  const panel = {
    sessionContext: {
      kernelChanged: signal(),
      statusChanged: signal(),
      session: { kernel },
      specsManager: { specs: { kernelspecs: { python3: { language: 'python' } } } }
    },
    content: {
      model: {
        metadataChanged: signal(),
        getMetadata: (key: string) => metadata.get(key),
        setMetadata: (key: string, value: unknown) => void metadata.set(key, value)
      }
    },
    context: { ready: Promise.resolve() },
    isVisible: false,
    disposed: signal()
  };
  return { panel: panel as unknown as NotebookPanel, answer };
}

/** Tells as JupyterLab does that a cell has run. */
function hasRun({ content }: NotebookPanel): void {
  (NotebookActions.executed as Signal<unknown, unknown>).emit({ notebook: content });
}

test.each([
  ['the branch that a cell has chosen is taken over', undefined, OLD],
  ['what somebody chose while the kernel was busy is not replaced by what it was on before', NEW, NEW]
])('%s', async (_, chosen, kept) => {
  const { panel, answer } = notebook();
  const follower = new NotebookFollower(panel, { current: null } as unknown as IDatabranch);
  hasRun(panel);
  if (chosen) {
    follower.choose(chosen);
  }
  answer.resolve(`'quickstart/main'`);
  await new Promise(resolve => setTimeout(resolve, 0));
  expect(follower.choice).toEqual(kept);
  follower.dispose();
});
