import { readFile } from 'node:fs/promises';
import { EXIT, Refusal } from './refusal.js';
import { replaceFile } from '../durable.js';

/** What a service leaves for the next one on the same folder. */
export interface LastStart {
  /** Number of this start; the first is 1. No number is used twice, whatever crashes. */
  start: number;
  /** The port it listened on. */
  port?: number;
}

/**
 * Counts a start: durably before it resolves, so that whatever is marked with the number is this run's alone.
 * The caller holds the folder's lock.
 */
export async function countStart(path: string): Promise<LastStart> {
  const last = await readLastStart(path);
  const current = { ...last, start: last.start + 1 };
  await replaceFile(path, JSON.stringify(current) + '\n');
  return current;
}

export async function rememberPort(path: string, current: LastStart, port: number): Promise<void> {
  if (current.port !== port) {
    await replaceFile(path, JSON.stringify({ ...current, port }) + '\n');
  }
}

async function readLastStart(path: string): Promise<LastStart> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return { start: 0 };
    }
    throw error;
  }
  const { start, port } = parsed(text);
  if (!Number.isSafeInteger(start) || start < 1) {
    throw new Refusal(
      `${path} is damaged: it should hold {"start": N}. Write a number there that is higher than any start before.`,
      EXIT.configuration
    );
  }
  return { start, ...(Number.isInteger(port) ? { port } : {}) };
}

function parsed(text: string): LastStart {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return { start: Number.NaN };
  }
}
