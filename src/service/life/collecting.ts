import type { Logger } from 'pino';
import type { Catalog } from '../catalog/catalog.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The first collection of a service that has just begun: leased ones seldom live for a day. */
const FIRST_MS = 10 * 60 * 1000;

/** Collects garbage once a day for as long as the service runs. The function that comes back ends that. */
export function collectDaily(catalog: Catalog, log: Logger): () => void {
  let timer = setTimeout(collect, FIRST_MS).unref();
  async function collect(): Promise<void> {
    const begin = performance.now();
    try {
      const { repositories, leftovers } = await catalog.collection.run();
      const bytes = repositories.reduce((sum, figures) => sum + figures.bytes, leftovers.bytes);
      const refused = repositories.filter(figures => figures.refused);
      log.info({ bytes, ms: Math.round(performance.now() - begin) }, 'garbage collected');
      for (const { repository, refused: reason } of refused) {
        log.error({ repository, reason }, 'a repository is damaged: no garbage was collected there');
      }
    } catch (error) {
      log.error(error, 'garbage collection failed');
    }
    timer = setTimeout(collect, DAY_MS).unref();
  }
  return () => clearTimeout(timer);
}
