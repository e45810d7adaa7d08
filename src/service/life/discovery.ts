import { readFile, rm } from 'node:fs/promises';
import type { Discovery } from '../../protocol/databranch.js';
import { replaceFile } from '../durable.js';

/** Tells other processes of this user where the service is and which key opens it. */
export async function writeDiscovery(path: string, discovery: Discovery): Promise<void> {
  await replaceFile(path, JSON.stringify(discovery, undefined, 2) + '\n');
}

/** What the last service wrote, which may be dead by now. Undefined when nothing useful is there. */
export async function readDiscovery(path: string): Promise<Discovery | undefined> {
  try {
    const discovery = JSON.parse(await readFile(path, 'utf8')) as Partial<Discovery>;
    return typeof discovery.url === 'string' && typeof discovery.pid === 'number'
      ? (discovery as Discovery)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the file; the caller holds the folder's lock, so it is its own or a dead service's. */
export async function removeDiscovery(path: string): Promise<void> {
  await rm(path, { force: true });
}
