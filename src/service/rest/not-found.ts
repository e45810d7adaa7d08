import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers what lies at no route: 405 where another method would do, else 404. To be set before any route. */
export function handleNotFound(app: FastifyInstance): void {
  const routes: { path: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}/?$`);
    routes.push({ path, methods: [method].flat() });
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0]!;
    const allowed = routes.filter(route => route.path.test(path)).flatMap(({ methods }) => methods);
    const methods = [...new Set(allowed)].sort().join(', ');
    const message = `There is nothing at ${request.method} ${path} in this API.`;
    return methods === ''
      ? reply.code(404).send({ message })
      : reply
          .code(405)
          .header('allow', methods)
          .send({ message: `${message} It takes ${methods}.` });
  });
}
