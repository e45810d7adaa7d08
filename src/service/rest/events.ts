import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Keeps proxies and our own time limits from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;

/** Whether the client asked for events rather than one JSON answer. */
export function wantsEvents(request: FastifyRequest): boolean {
  return /\btext\/event-stream\b/i.test(request.headers.accept ?? '');
}

/**
 * Fires when the client is gone before its answer was complete, so that nobody works for it any longer.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) {
      gone.abort();
    }
  });
  return gone.signal;
}

/**
 * An answer of server-sent events. It begins with the first event: until then the request may still be
 * answered, or refused, in the ordinary way.
 */
export class EventStream {
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly reply: FastifyReply) {}

  get begun(): boolean {
    return this.heartbeat !== undefined;
  }

  /** Does nothing once the client is gone. */
  send(event: string, data: object): void {
    if (this.reply.raw.destroyed) {
      return;
    }
    this.begin().write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Like `send`, but dropped while the client does not keep up: only for events that the next one replaces. */
  offer(event: string, data: object): void {
    if (!this.reply.raw.writableNeedDrain) {
      this.send(event, data);
    }
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.reply.raw.end();
  }

  private begin(): ServerResponse {
    const { raw } = this.reply;
    if (!this.begun) {
      this.reply.hijack();
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx, which often stands before JupyterHub, would hold events back.
        'x-accel-buffering': 'no'
      });
      this.heartbeat = setInterval(() => raw.write(':\n\n'), HEARTBEAT_MS);
      raw.once('close', () => clearInterval(this.heartbeat));
    }
    return raw;
  }
}
