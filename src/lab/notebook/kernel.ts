import type { Kernel } from '@jupyterlab/services';
import type { BranchChoice } from './choice.js';

/** What a kernel is told silently, in its own language. */
interface Snippets {
  /** Makes a branch the current one. */
  use(choice: BranchChoice): string;
  /** Makes the magics known. */
  load: string;
  /** An expression for the current branch, as `repository/branch`. */
  ask: string;
}

/** A language that is missing here keeps its branch in the notebook's metadata only. */
const SNIPPETS: Record<string, Snippets | undefined> = {
  python: {
    // Expressions without assignments: the user's namespace stays as it is. Where the package is missing they
    // fail, and a silent request that fails shows nothing.
    use: ({ repository, branch }) =>
      `__import__('databranch').use(${JSON.stringify(branch)}, repository=${JSON.stringify(repository)})`,
    load: `get_ipython().extension_manager.load_extension('databranch')`,
    // Only looks: asking must not import the package, let alone start a service.
    ask: `(lambda current: current and current._branch and f'{current._branch.repository}/{current._branch.name}')(__import__('sys').modules.get('databranch.current'))`
  }
};

/** A running kernel and the language that it speaks. */
export interface SpokenTo {
  kernel: Kernel.IKernelConnection;
  /** In lower case; '' while it is not known. */
  language: string;
}

/** Whether a notebook's branch can be set in a kernel of this language. */
export function isSpoken(language: string): boolean {
  return SNIPPETS[language] !== undefined;
}

/**
 * Makes the branch the kernel's current one, without a trace in its history. The request is sent before this
 * returns: what is sent later runs later, so that a cell that is just being started already has the branch.
 */
export function applyToKernel({ kernel, language }: SpokenTo, choice: BranchChoice): Promise<void> {
  return runSilently(kernel, SNIPPETS[language]?.use(choice));
}

/** Makes the magics known to the kernel, if they are not. */
export function loadMagics({ kernel, language }: SpokenTo): Promise<void> {
  return runSilently(kernel, SNIPPETS[language]?.load);
}

/** The branch that the kernel works on; null when it does not use Databranch. */
export async function askKernel({ kernel, language }: SpokenTo): Promise<BranchChoice | null> {
  const ask = SNIPPETS[language]?.ask;
  if (ask === undefined) {
    return null;
  }
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { branch: ask }
  });
  const { content } = await future.done;
  return parseAnswer(content.status === 'ok' ? content.user_expressions?.branch : undefined);
}

/** `'repository/branch'`, as Python writes a string. Neither name can hold a quote or a slash. */
function parseAnswer(answer: unknown): BranchChoice | null {
  const text = (answer as { data?: { 'text/plain'?: unknown } } | undefined)?.data?.['text/plain'];
  const [, repository, branch] = (typeof text === 'string' && /^'([^'/]+)\/([^'/]+)'$/.exec(text)) || [];
  return repository !== undefined && branch !== undefined ? { repository, branch } : null;
}

async function runSilently(kernel: Kernel.IKernelConnection, code: string | undefined): Promise<void> {
  if (code !== undefined) {
    await kernel.requestExecute({ code, silent: true, store_history: false }).done;
  }
}
