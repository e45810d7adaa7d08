import type { FastifyRequest } from 'fastify';
import type { Keys } from '../auth/keys.js';
import { refusedBySandbox, type WriteTarget } from '../auth/sandbox-mode.js';
import { CatalogError } from '../catalog/errors.js';

const READS = ['GET', 'HEAD'];
/** Routes whose address says which branch a request writes to, and that write to no other. */
const TO_BRANCH =
  /^\/api\/v1(\/databranch)?\/repositories\/:repository\/(branches\/:branch|refs\/:source\/merge\/:destination)(\/|$)/;

/**
 * Refuses what a kernel's key may not do while a sandbox cell runs in the kernel: everything but reading, and
 * writing to the sandbox branch. Comes before any handler.
 * @throws CatalogError forbidden, with the sentence that names branch and path
 */
export async function keepToSandbox(request: FastifyRequest, keys: Keys): Promise<void> {
  // On open routes nobody is known.
  const user = request.user as FastifyRequest['user'] | undefined;
  if (!user?.kernel || READS.includes(request.method) || request.routeOptions.config.writesNothing) {
    return;
  }
  let refusal: string | undefined;
  for (const target of targetsOf(request)) {
    refusal = (await refusedBySandbox(keys, user, target)) ?? refusal;
  }
  if (refusal !== undefined) {
    throw new CatalogError('forbidden', refusal);
  }
}

/** What a request would write to. A deletion of many objects has as many targets. */
function targetsOf(request: FastifyRequest): WriteTarget[] {
  const { method, routeOptions, url } = request;
  const params = request.params as Record<string, string | undefined>;
  const { repository = '' } = params;
  const asked = `${method} ${url.split('?', 1)[0]}`;
  const branch = TO_BRANCH.test(routeOptions.url ?? '') ? (params.destination ?? params.branch) : undefined;
  return pathsOf(request).map(path => ({ repository, branch, path, request: asked }));
}

function pathsOf({ query, body }: FastifyRequest): string[] {
  const { path, dest_path: copied } = query as Record<string, unknown>;
  const { path: reset, paths } = (body ?? {}) as Record<string, unknown>;
  const texts = [path, copied, reset, ...(Array.isArray(paths) ? paths : [])].filter(
    (each): each is string => typeof each === 'string'
  );
  return texts.length > 0 ? texts : [''];
}
