import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Linux counts a process's memory in pages of this size wherever Node runs on it with DuckDB's builds. */
const PAGE_BYTES = 4096;

/** The memory that another process holds now, in bytes; undefined where the system does not say. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === 'linux') {
      const pages = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')[1];
      return Number(pages) * PAGE_BYTES;
    }
    return process.platform === 'win32' ? undefined : await fromPs(pid);
  } catch {
    // It has ended.
    return undefined;
  }
}

function fromPs(pid: number): Promise<number> {
  return new Promise((resolve, reject) =>
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) =>
      error ? reject(error) : resolve(Number(stdout) * 1024)
    )
  );
}
