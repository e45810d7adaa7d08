import type { Page, Request } from 'playwright-core';

/** What passes at once: no more than the least interval at which the extension looks for changes. */
const STEP_MS = 3_000;

/** More than passes while the clock is being stopped: it cannot be stopped at a time that has passed already. */
const AHEAD_MS = 60_000;

/** The requests of this extension, and a clock that need not be waited for. */
export class Traffic {
  private constructor(private readonly _page: Page) {
    _page.on('request', request => {
      if (isOurs(request)) {
        this._sent.push(request);
        this._open.add(request);
        this._events++;
      }
    });
    const end = (request: Request): void => {
      this._events += Number(this._open.delete(request));
    };
    _page.on('requestfinished', end);
    _page.on('requestfailed', end);
  }

  /** From now on, time passes on this page only by {@link during}. */
  static async of(page: Page): Promise<Traffic> {
    const traffic = new Traffic(page);
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + AHEAD_MS);
    return traffic;
  }

  /**
   * Lets time pass, so that each answer comes in no time.
   *
   * @returns what was asked for meanwhile, by the last part of its path
   */
  async during(seconds: number): Promise<string[]> {
    await this._settle();
    this._sent.length = 0;
    for (let passed = 0; passed < seconds * 1_000; passed += STEP_MS) {
      await this._page.clock.runFor(STEP_MS);
      await this._settle();
    }
    return this.asked();
  }

  /** What was asked for since {@link during} was called last, once it is answered. */
  async asked(): Promise<string[]> {
    await this._settle();
    return this._sent.map(request => new URL(request.url()).pathname.replace(/^.*\//, ''));
  }

  /** Waits for all answers, and until the page has dealt with them: something else is asked and answered after the last. */
  private async _settle(): Promise<void> {
    for (let before; before !== this._events || this._open.size > 0;) {
      before = this._events;
      await this._page.evaluate(() => fetch('/api/status').then(answer => answer.text()));
    }
  }

  /** How many requests have begun or ended. */
  private _events = 0;
  private readonly _sent: Request[] = [];
  private readonly _open = new Set<Request>();
}

/** Whether a request goes to the service. */
function isOurs(request: Request): boolean {
  return new URL(request.url()).pathname.startsWith('/databranch/');
}
