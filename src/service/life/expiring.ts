import type { Logger } from 'pino';
import type { Keys } from '../auth/keys.js';
import type { Catalog } from '../catalog/catalog.js';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Removes sandboxes and keys whose time is over: at once, because leased services seldom live for long, and then
 * every hour. The function that comes back ends that, and resolves when nothing is under way.
 */
export function expireHourly(
  { catalog, keys }: { catalog: Catalog; keys: Keys },
  log: Logger
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let run = expire();
  async function expire(): Promise<void> {
    try {
      await keys.sweep();
      const sandboxes = await catalog.sandboxes.expire();
      if (sandboxes > 0) {
        log.info({ sandboxes }, 'expired sandboxes removed');
      }
    } catch (error) {
      log.error(error, 'removing what has expired failed');
    }
    if (!stopped) {
      timer = setTimeout(() => (run = expire()), HOUR_MS).unref();
    }
  }
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await run;
  };
}
