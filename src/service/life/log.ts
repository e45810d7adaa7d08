import pino, { type Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes of log that wait for a slow reader; what comes on top is dropped rather than kept for ever. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** How long the last lines may take, in milliseconds: nobody may be reading. */
const FLUSH_MS_MAX = 500;

export interface Log {
  log: Logger;
  /** Writes what still waits. */
  close(): Promise<void>;
}

/**
 * The service's log: one JSON object a line on stderr. The service outlives whoever started it, so a stderr
 * that nobody reads any more must neither stop it (EPIPE) nor hold it up (a full pipe).
 */
export function openLog(level: LogLevel): Log {
  const stream = pino.destination({ dest: 2, sync: false, maxLength: WAITING_BYTES_MAX });
  stream.on('error', () => undefined);
  const log = pino(
    { level, base: { pid: process.pid }, redact: ['*.secretAccessKey', '*.authorization'] },
    stream
  );
  return {
    log,
    close: () =>
      new Promise(resolve => {
        setTimeout(resolve, FLUSH_MS_MAX).unref();
        stream.once('close', resolve);
        stream.end();
      })
  };
}
