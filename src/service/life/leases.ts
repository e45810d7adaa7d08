/**
 * Who uses the service. A leased service has no parent to live and die with: it ends when nobody has held a
 * lease for the grace period, be it because the last holder went or because none ever came.
 */
export class Leases {
  private held = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param graceMs How long the service goes on without a lease, in milliseconds; undefined: for ever.
   * @param onUnused Called once, when the grace period has passed.
   */
  constructor(
    private readonly graceMs: number | undefined,
    private readonly onUnused: () => void
  ) {}

  /** How many are held now. */
  get count(): number {
    return this.held;
  }

  /** Begins the first grace period: from now on somebody can take a lease. */
  start(): void {
    this.wait();
  }

  /** Takes a lease; gives the function that returns it, which may be called more than once. */
  open(): () => void {
    this.held += 1;
    clearTimeout(this.timer);
    let open = true;
    return () => {
      if (open) {
        open = false;
        this.held -= 1;
        this.wait();
      }
    };
  }

  /** Ends the waiting; `onUnused` will not be called any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.stopped = true;
  }

  private wait(): void {
    clearTimeout(this.timer);
    if (this.held === 0 && this.graceMs !== undefined && !this.stopped) {
      this.timer = setTimeout(() => {
        this.stop();
        this.onUnused();
      }, this.graceMs);
    }
  }
}
