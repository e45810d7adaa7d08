import { CHROMIUM, PYTHON } from './machine';
import { Person } from './person';

/** A story is told in a minute or two on a free machine; on one that does much else it may take its time, but none for ever. */
const STORY_TIMEOUT_MS = 20 * 60_000;

/**
 * A test in a real JupyterLab. Where this machine has no browser, or nobody named a Python, it counts as
 * skipped: see `npm test`, which sets up both. When it fails, pictures are left of what the people in it saw.
 */
export function story(claim: string, tell: () => Promise<void>): void {
  const run = PYTHON && CHROMIUM ? test : test.skip;
  run(
    claim,
    async () => {
      try {
        await tell();
      } catch (error) {
        await Person.pictureAll(`failed-${claim.slice(0, 70).replace(/\W+/g, '-')}`);
        throw error;
      }
    },
    STORY_TIMEOUT_MS
  );
}
