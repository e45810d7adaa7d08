import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AheadFigures } from '../rows/counting-ahead.js';

/** Which protocol a request spoke. */
export type Protocol = 'rest' | 's3';

/** From a cached read to a commit of a hundred thousand objects. */
const SECONDS_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/** What the service tells Prometheus: the process, how long requests took, and what was counted ahead of them. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'databranch_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['protocol', 'method', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [this.registry]
  });
  readonly contentType = this.registry.contentType;

  /** @param ahead where rows are counted */
  constructor(ahead?: () => AheadFigures) {
    collectDefaultMetrics({ register: this.registry });
    if (ahead) {
      this.tellAhead(ahead);
    }
  }

  private tellAhead(ahead: () => AheadFigures): void {
    const registers = [this.registry];
    new Gauge({
      name: 'databranch_rows_ahead_waiting',
      help: 'Branches of which rows are being counted, or will be, before anybody asks.',
      registers,
      collect() {
        this.set(ahead().waiting);
      }
    });
    const outcomes = (name: string, help: string, of: () => { counted: number; givenUp: number }) =>
      new Counter({
        name,
        help,
        labelNames: ['outcome'],
        registers,
        collect() {
          const { counted, givenUp } = of();
          this.reset();
          this.inc({ outcome: 'counted' }, counted);
          this.inc({ outcome: 'given_up' }, givenUp);
        }
      });
    outcomes(
      'databranch_rows_ahead_total',
      'Commits whose rows were counted before anybody asked, or left to whoever asks.',
      ahead
    );
    outcomes(
      'databranch_rows_ahead_files_total',
      'Files whose rows were counted before their commit, or left to it.',
      () => ahead().files
    );
  }

  observe(protocol: Protocol, method: string, status: number, seconds: number): void {
    this.requests.observe({ protocol, method, status: String(status) }, seconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
