import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessKeyCreated } from '../../protocol/databranch.js';
import type {
  KernelKeyCreation,
  RefusedWrite,
  SandboxEntered,
  SandboxEntry,
  SandboxReport
} from '../../protocol/sandboxes.js';
import {
  enterSandbox,
  leaveSandbox,
  SandboxFailure,
  type SandboxMode,
  type WriteTarget
} from '../auth/sandbox-mode.js';
import { CatalogError, invalid } from '../catalog/errors.js';
import type { RestContext } from './context.js';
import { HttpError } from './errors.js';
import { infoOf, ownersOnly } from './keys.js';
import { object, text } from './schemas.js';

const LABEL_CHARACTERS_MAX = 1_000;

interface OfKey {
  key: string;
}

/** Our addition: keys of kernels, and their restriction to one branch while a sandbox cell runs. */
export function kernelKeys(app: FastifyInstance, { catalog, keys }: RestContext): void {
  app.post<{ Body: KernelKeyCreation }>(
    '/databranch/kernel-keys',
    { schema: { body: object({ label: text }, 'label') }, preHandler: ownersOnly },
    async (request, reply) => {
      const { label } = request.body;
      if (label.length > LABEL_CHARACTERS_MAX) {
        throw invalid(`The label of a kernel's key has at most ${LABEL_CHARACTERS_MAX} characters.`);
      }
      const key = await keys.createForKernel(request.user.user, label);
      const created: AccessKeyCreated = { ...infoOf(key), secret_access_key: key.secretAccessKey };
      return reply.code(201).send(created);
    }
  );

  const url = '/databranch/kernel-keys/:key/sandbox';
  // Their own checks say who may do what; the one for all routes would keep a cell in for ever.
  const config = { writesNothing: true };

  app.put<{ Params: OfKey; Body: SandboxEntry }>(
    url,
    { schema: { body: object({ repository: text, branch: text }, 'repository', 'branch') }, config },
    async (request): Promise<SandboxEntered> => {
      const { key } = request.params;
      const { repository, branch } = request.body;
      await requireKernelKey(request);
      await catalog.branches.get(repository, branch);
      const token = sound(await enterSandbox(keys, key, { repository, branch, since: Date.now() }));
      return { repository, branch, token };
    }
  );

  app.get<{ Params: OfKey }>(url, async (request): Promise<SandboxReport> => {
    await requireKernelKey(request);
    const mode = (await keys.find(request.params.key))?.kernel?.sandbox;
    return reportOf(sound(mode ?? new SandboxFailure('not-in-sandbox')));
  });

  app.delete<{ Params: OfKey; Body: { token?: string } }>(
    url,
    { schema: { body: object({ token: text }) }, config: { ...config, bodyOptional: true } },
    async (request): Promise<SandboxReport> => {
      await requireKernelKey(request);
      const { token } = request.body;
      if (token === undefined && request.user.kernel) {
        throw wrongToken();
      }
      return reportOf(sound(await leaveSandbox(keys, request.params.key, token)));
    }
  );

  /** A kernel's key speaks for itself only; an owner's for all. */
  async function requireKernelKey({ params, user }: FastifyRequest<{ Params: OfKey }>): Promise<void> {
    const key = await keys.find(params.key);
    if (!key?.kernel || (user.kernel && user.accessKeyId !== params.key)) {
      throw new HttpError(404, `There is no kernel's key ${params.key}.`);
    }
  }
}

function sound<T>(outcome: T | SandboxFailure): T {
  if (!(outcome instanceof SandboxFailure)) {
    return outcome;
  }
  switch (outcome.reason) {
    case 'already-in-sandbox':
      throw new HttpError(409, 'A sandbox cell runs in this kernel already.');
    case 'not-in-sandbox':
      throw new HttpError(404, 'No sandbox cell runs in this kernel.');
    case 'wrong-token':
      throw wrongToken();
  }
}

function wrongToken(): CatalogError {
  return new CatalogError(
    'forbidden',
    'The restriction of a sandbox cell is lifted by the token that was given when it began, or by the owner of the service.'
  );
}

function reportOf({ repository, branch, since, refused, refusedMore }: SandboxMode): SandboxReport {
  return {
    repository,
    branch,
    since: Math.floor(since / 1000),
    refused: refused.map(refusedForm),
    refused_more: refusedMore
  };
}

function refusedForm({ repository, branch, path, request }: WriteTarget): RefusedWrite {
  return { repository, branch: branch ?? null, path, request };
}
