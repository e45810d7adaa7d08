import type { IncomingMessage, ServerResponse } from 'node:http';

/** The body of a request as it comes over the connection, framing and all. */
export class RawBody {
  /** Bytes to come over the connection, where the client says so. */
  readonly length: number | undefined;
  /** Whether the client holds its body back until told to send it (`Expect: 100-continue`). */
  awaitsContinue: boolean;
  /** Whether nothing is left to come. */
  ended: boolean;
  private taken = 0;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    headers: Map<string, string>,
    awaitsContinue: boolean
  ) {
    // Node has refused a length that is no number.
    const length = headers.get('content-length');
    this.length = length === undefined ? undefined : Number(length);
    this.ended = this.length === undefined ? !headers.has('transfer-encoding') : this.length === 0;
    this.awaitsContinue = awaitsContinue && !this.ended;
  }

  /** Bytes still to come; Infinity when the client did not say how many. */
  get remaining(): number {
    return this.ended ? 0 : (this.length ?? Infinity) - this.taken;
  }

  /** Lets the client send, and hands on what comes. Leaving the loop early keeps the connection for the answer. */
  async *pieces(): AsyncGenerator<Buffer> {
    if (this.ended) {
      return;
    }
    if (this.awaitsContinue) {
      this.awaitsContinue = false;
      this.response.writeContinue();
    }
    for await (const piece of this.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      this.taken += piece.length;
      yield piece;
    }
    this.ended = true;
  }

  /** Throws away what comes, until the end, `bytesMax` or `msMax`, whichever is first. */
  drain(bytesMax: number, msMax: number): Promise<void> {
    const { request } = this;
    return new Promise(resolve => {
      let drained = 0;
      const done = (): void => {
        clearTimeout(timer);
        request.off('data', count).off('end', done).off('close', done);
        resolve();
      };
      const count = (piece: Buffer): void => {
        drained += piece.length;
        if (drained > bytesMax) {
          done();
        }
      };
      const timer = setTimeout(done, msMax);
      request.on('data', count).on('end', done).on('close', done);
      if (request.destroyed || request.readableEnded) {
        done();
      }
    });
  }
}
