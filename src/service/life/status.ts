import type { DataFolder } from './data-folder.js';
import { EXIT } from './refusal.js';
import { findService } from './running-service.js';

/** What `databranch status` says, without anything secret. */
export interface Status {
  running: boolean;
  data: string;
  url?: string;
  pid?: number;
  start?: number;
  version?: string;
}

export async function statusOf(folder: DataFolder): Promise<Status> {
  const service = await findService(folder);
  if (!service) {
    return { running: false, data: folder.path };
  }
  const { url, pid, start, version } = service.discovery;
  return { running: true, data: folder.path, url, pid, start, version };
}

/** One sentence for a person. */
export function sentenceOf(status: Status): string {
  return status.running
    ? `Databranch ${status.version} runs at ${status.url} (process ${status.pid}, data: ${status.data})`
    : `No service runs on ${status.data}`;
}

export function exitCodeOf(status: Status): number {
  return status.running ? 0 : EXIT.notRunning;
}
