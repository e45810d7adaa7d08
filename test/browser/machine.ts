import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const CHECKOUT = join(__dirname, '..', '..');

/** A Python whose environment has JupyterLab and this package. */
export const PYTHON = process.env.DATABRANCH_TEST_PYTHON;

/** The program of a Chromium. */
export const CHROMIUM = process.env.DATABRANCH_TEST_CHROMIUM ?? which('chromium');

/** Where pictures of the views are left to be looked at. */
export function pictureFile(name: string): string {
  const folder = join(CHECKOUT, 'test-output', 'browser');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

function which(program: string): string | undefined {
  try {
    return execFileSync('which', [program], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
