import type { Kernel } from '@jupyterlab/services';
import type { BranchChoice } from './choice.js';

/**
 * What a kernel language is told silently. A language that is missing here keeps its branch in the notebook's
 * metadata only.
 */
const SNIPPETS: Record<string, { use(choice: BranchChoice): string; load: string; ask: string }> = {
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

/** The kernel's language, in lower case; '' while it is not known. */
async function languageOf(kernel: Kernel.IKernelConnection): Promise<string> {
  const info = await kernel.info;
  return info.language_info.name.toLowerCase();
}

/** Whether a notebook's branch can be set in this kernel. */
export async function speaksTo(kernel: Kernel.IKernelConnection): Promise<boolean> {
  return (await languageOf(kernel)) in SNIPPETS;
}

/** Makes the branch the kernel's current one, without a trace in its history. */
export async function applyToKernel(kernel: Kernel.IKernelConnection, choice: BranchChoice): Promise<void> {
  const snippet = SNIPPETS[await languageOf(kernel)];
  if (snippet) {
    await runSilently(kernel, snippet.use(choice));
  }
}

/** Makes the magics known to the kernel, if they are not. */
export async function loadMagics(kernel: Kernel.IKernelConnection): Promise<void> {
  const snippet = SNIPPETS[await languageOf(kernel)];
  if (snippet) {
    await runSilently(kernel, snippet.load);
  }
}

/** The branch that the kernel works on; null when it does not use Databranch. */
export async function askKernel(kernel: Kernel.IKernelConnection): Promise<BranchChoice | null> {
  const snippet = SNIPPETS[await languageOf(kernel)];
  if (!snippet) {
    return null;
  }
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { branch: snippet.ask }
  });
  const { content } = await future.done;
  const answer = content.status === 'ok' ? content.user_expressions?.branch : undefined;
  return parseAnswer(answer);
}

/** `'repository/branch'`, as Python writes a string. Neither name can hold a quote or a slash. */
function parseAnswer(answer: unknown): BranchChoice | null {
  const text = (answer as { data?: { 'text/plain'?: unknown } } | undefined)?.data?.['text/plain'];
  const [, repository, branch] = (typeof text === 'string' && /^'([^'/]+)\/([^'/]+)'$/.exec(text)) || [];
  return repository !== undefined && branch !== undefined ? { repository, branch } : null;
}

async function runSilently(kernel: Kernel.IKernelConnection, code: string): Promise<void> {
  await kernel.requestExecute({ code, silent: true, store_history: false }).done;
}
