import type { FastifyInstance } from 'fastify';
import type { Health } from '../../protocol/databranch.js';
import type { RestContext } from './context.js';

/** Routes for whoever runs the service, outside the API's own prefix. */
export function monitoring(app: FastifyInstance, { version, metrics }: RestContext): void {
  app.get('/_health', { config: { open: true } }, async (): Promise<Health> => ({ status: 'ok', version }));

  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
