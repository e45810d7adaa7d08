import fastify, { LogController } from 'fastify';
import type { FastifyInstance, FastifyRequest, FastifyServerFactory } from 'fastify';
import type { Logger } from 'pino';
import { authenticate } from '../auth/authentication.js';
import type { AccessKey } from '../auth/keys.js';
import { archives } from './archives.js';
import { auth } from './auth.js';
import { branches } from './branches.js';
import { commits } from './commits.js';
import { config } from './config.js';
import type { RestContext } from './context.js';
import { databranch } from './databranch.js';
import { download } from './download.js';
import { dumps } from './dumps.js';
import { handleError, HttpError } from './errors.js';
import { upkeep } from './gc.js';
import { guards } from './guards.js';
import { imports } from './imports.js';
import { keyAdministration } from './keys.js';
import { mergeWithSides } from './merge-with-sides.js';
import { monitoring } from './monitoring.js';
import { handleNotFound } from './not-found.js';
import { notOffered } from './not-offered.js';
import { objects } from './objects.js';
import { operationLog } from './operation-log.js';
import { presignedMultipart } from './presigned-multipart.js';
import { protection } from './protection.js';
import { refs } from './refs.js';
import { repositories } from './repositories.js';
import { rows } from './rows.js';
import { keepToSandbox } from './sandbox-mode.js';
import { kernelKeys } from './kernel-keys.js';
import { sandboxes } from './sandboxes.js';
import { retention } from './settings.js';
import { staging } from './staging.js';
import { tags } from './tags.js';
import { expectsContinue, upload } from './upload.js';
import { emptyLists, users } from './users.js';
import { parseJson, typeParameters } from './validation.js';

/** The groups of routes with JSON bodies, as the API description orders them. */
const ROUTES = [
  auth,
  users,
  emptyLists,
  repositories,
  dumps,
  protection,
  branches,
  commits,
  refs,
  tags,
  objects,
  download,
  imports,
  staging,
  presignedMultipart,
  config,
  databranch,
  rows,
  guards,
  operationLog,
  mergeWithSides,
  keyAdministration,
  kernelKeys,
  sandboxes,
  retention,
  upkeep
];

/** Where the lakeFS API lies. */
export const API_PREFIX = '/api/v1';
/** Largest JSON body: a deletion of 1,000 paths of 1,024 bytes, twice. */
const BODY_BYTES_MAX = 2 * 1024 * 1024;
/** Longest name in an address: a tag and what a ref expression adds, percent-encoded. */
const PARAMETER_CHARACTERS_MAX = 2_000;

export interface RestOptions {
  log: Logger;
  serverFactory: FastifyServerFactory;
}

/** The REST API as a fastify application. It answers once its `ready()` has resolved. */
export function createRest(context: RestContext, options: RestOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    serverFactory: options.serverFactory,
    logController: new ErrorsOnly(),
    bodyLimit: BODY_BYTES_MAX,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX, ignoreTrailingSlash: true },
    // Types are taken seriously; those of path and query are made by typeParameters.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: handleError
  }) as unknown as FastifyInstance;
  app.setErrorHandler(handleError);
  handleNotFound(app);
  app.decorateRequest('user');
  app.addHook('onRequest', request => admit(request, context));
  app.addHook('preValidation', async request => {
    typeParameters(request);
    if (request.routeOptions.config.bodyOptional) {
      request.body ??= {};
    }
  });
  app.addHook('preHandler', request => keepToSandbox(request, context.keys));
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode, elapsedTime } = reply;
    // Without the query: it is long, and signatures are secrets.
    const path = request.url.split('?', 1)[0];
    const user = (request.user as AccessKey | undefined)?.accessKeyId;
    request.log.debug(
      { method: request.method, path, status: statusCode, ms: elapsedTime, user },
      'answered'
    );
  });
  monitoring(app, context);
  void app.register(jsonBodies(context), { prefix: API_PREFIX });
  void app.register(rawBodies(context), { prefix: API_PREFIX });
  return app;
}

/** Before anything of the body is read: who asks must be known, unless the route is open to all. */
async function admit(request: FastifyRequest, { keys, tokens }: RestContext): Promise<void> {
  if (request.routeOptions.config?.open) {
    return;
  }
  const user = await authenticate(request.headers.authorization, keys, tokens);
  if (!user) {
    const message = request.headers.authorization
      ? 'Access key or secret is wrong, or the login has expired.'
      : 'This request needs an access key: send it as Basic authorization, or log in.';
    // Not Basic: a browser would ask for a password in a window of its own.
    throw new HttpError(401, message, { 'www-authenticate': 'Bearer realm="databranch"' });
  }
  request.user = user;
}

/** Routes whose body, if any, is JSON and says so. */
function jsonBodies(context: RestContext) {
  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, body === '' ? undefined : parseJson(body as string));
      } catch (error) {
        done(new HttpError(400, `The body is not valid JSON: ${(error as Error).message}.`));
      }
    });
    app.addHook('preParsing', async (request, reply) => {
      if (expectsContinue(request)) {
        reply.raw.writeContinue();
      }
    });
    for (const routes of ROUTES) {
      routes(app, context);
    }
  };
}

/** Routes that read their body themselves, or not at all; its type may be anything, even no media type. */
function rawBodies(context: RestContext) {
  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.addHook('onRequest', async request => {
      request.raw.headers['content-type'] = 'application/octet-stream';
    });
    upload(app, context);
    archives(app, context);
    notOffered(app);
  };
}

/** Fastify's own lines about each request would repeat ours and show whole addresses. */
class ErrorsOnly extends LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}
