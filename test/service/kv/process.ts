import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Makes `child.ts` a script that plain Node runs, in `folder`. */
export function buildChild(folder: string): string {
  const script = join(folder, 'child.cjs');
  const options = [
    '--bundle',
    '--platform=node',
    '--format=cjs',
    '--packages=external',
    '--log-level=warning'
  ];
  execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
    join(__dirname, 'child.ts'),
    ...options,
    `--outfile=${script}`
  ]);
  return script;
}

/** Starts `command` so that packages are found in the checkout. */
export function start(command: string, args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules') };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  return child as ChildProcess & { stdout: NodeJS.ReadableStream };
}

/** All that a process prints until it ends; `onText` sees it as it comes. */
export async function output(
  child: ChildProcess & { stdout: NodeJS.ReadableStream },
  onText: (soFar: string) => void = () => undefined
): Promise<string> {
  let text = '';
  const ended = new Promise(resolve => child.once('close', resolve));
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => onText((text += chunk)));
  await ended;
  return text;
}
