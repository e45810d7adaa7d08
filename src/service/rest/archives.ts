import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type * as wire from '../../protocol/databranch.js';
import type { RestContext } from './context.js';
import { object, text } from './schemas.js';
import type { InRepository } from './schemas.js';
import { requestBody } from './upload.js';

/** Whole repositories, as `databranch export` and `databranch import` send them. */
export function archives(app: FastifyInstance, { catalog }: RestContext): void {
  app.get<{ Params: InRepository }>(
    '/databranch/repositories/:repository/archive',
    async (request, reply) => {
      const { repository } = request.params;
      const { bytes, uncommitted } = await catalog.archives.write(repository);
      return reply
        .type('application/x-tar')
        .headers({
          'content-disposition': `attachment; filename="${repository}.tar"`,
          'x-databranch-uncommitted': uncommitted.join(',')
        })
        .send(Readable.from(bytes, { objectMode: false }));
    }
  );

  app.post<{ Querystring: { repository?: string } }>(
    '/databranch/archive',
    { schema: { querystring: object({ repository: text }) } },
    async (request, reply) => {
      const name = request.query.repository || undefined;
      const figures: wire.ArchiveFigures = await catalog.archives.read(requestBody(request, reply), name);
      return reply.code(201).send(figures);
    }
  );
}
