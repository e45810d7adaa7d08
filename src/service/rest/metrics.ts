import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Which protocol a request spoke. */
export type Protocol = 'rest' | 's3';

/** From a cached read to a commit of a hundred thousand objects. */
const SECONDS_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/** What the service tells Prometheus: the process, and how long requests took. */
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

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observe(protocol: Protocol, method: string, status: number, seconds: number): void {
    this.requests.observe({ protocol, method, status: String(status) }, seconds);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
