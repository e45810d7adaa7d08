import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessKey, Keys } from './keys.js';

/** Different refusals that are kept for one sandbox cell; a loop over a thousand paths is told by the first ones. */
export const REFUSALS_MAX = 100;
const TOKEN_BYTES = 24;

/** What a request would write to. */
export interface WriteTarget {
  repository: string;
  /** Absent where the request changes something else than a branch. */
  branch?: string;
  /** '' for the branch as a whole. */
  path: string;
  /** What was asked for, for people: `PUT object`, `POST /repositories/lake/tags`. */
  request: string;
}

/** A kernel's key while a sandbox cell runs: it writes to one branch only. Kept with the key, so that it outlives a restart. */
export interface SandboxMode {
  repository: string;
  branch: string;
  /** Milliseconds since the epoch. */
  since: number;
  /** SHA-256, in hex, of the token that whoever entered holds: who has only the key cannot leave. */
  tokenHash: string;
  /** The first {@link REFUSALS_MAX} different writes that were refused. */
  refused: WriteTarget[];
  /** Whether there were others. */
  refusedMore: boolean;
}

/** Why a sandbox was not entered or left. */
export type SandboxRefusal = 'already-in-sandbox' | 'not-in-sandbox' | 'wrong-token';

/**
 * Restricts a kernel's key to one branch. From when this resolves, requests that begin later are held to it.
 * @returns the token by which the restriction is lifted
 */
export async function enterSandbox(
  keys: Keys,
  accessKeyId: string,
  { repository, branch, since }: Pick<SandboxMode, 'repository' | 'branch' | 'since'>
): Promise<string | SandboxFailure> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  let failure: SandboxFailure | undefined;
  await keys.update(accessKeyId, key => {
    if (key.kernel?.sandbox) {
      failure = new SandboxFailure('already-in-sandbox');
      return key;
    }
    const sandbox = { repository, branch, since, tokenHash: hash(token), refused: [], refusedMore: false };
    return { ...key, kernel: { label: key.kernel?.label ?? '', sandbox } };
  });
  return failure ?? token;
}

/** Lifts the restriction; gives what it was. @param token undefined for the owner, who needs none */
export async function leaveSandbox(
  keys: Keys,
  accessKeyId: string,
  token: string | undefined
): Promise<SandboxMode | SandboxFailure> {
  let outcome: SandboxMode | SandboxFailure = new SandboxFailure('not-in-sandbox');
  await keys.update(accessKeyId, key => {
    const mode = key.kernel?.sandbox;
    if (!mode) {
      return key;
    }
    if (token !== undefined && !sameHash(hash(token), mode.tokenHash)) {
      outcome = new SandboxFailure('wrong-token');
      return key;
    }
    outcome = mode;
    return { ...key, kernel: { label: key.kernel!.label } };
  });
  return outcome;
}

/** The outcome of {@link enterSandbox} or {@link leaveSandbox} that changed nothing. */
export class SandboxFailure {
  constructor(readonly reason: SandboxRefusal) {}
}

/**
 * Whether a write must be refused because a sandbox cell runs in the kernel whose key asks for it: the sentence
 * to refuse it with, or undefined. The refusal is written down, durably, for the cell's report.
 * Costs nothing for keys that are no kernel's.
 */
export async function refusedBySandbox(
  keys: Keys,
  { accessKeyId, kernel }: AccessKey,
  target: WriteTarget
): Promise<string | undefined> {
  // The key as it is now: the cell may have begun since the request's signature was looked at.
  const mode = kernel && (await keys.find(accessKeyId))?.kernel?.sandbox;
  if (!mode || (target.repository === mode.repository && target.branch === mode.branch)) {
    return undefined;
  }
  if (isNew(mode, target)) {
    await keys.update(accessKeyId, key => noted(key, target));
  }
  return sentence(mode, target);
}

function noted(key: AccessKey, target: WriteTarget): AccessKey {
  const mode = key.kernel?.sandbox;
  if (!mode || !isNew(mode, target)) {
    return key;
  }
  const full = mode.refused.length >= REFUSALS_MAX;
  const sandbox = full ? { ...mode, refusedMore: true } : { ...mode, refused: [...mode.refused, target] };
  return { ...key, kernel: { ...key.kernel!, sandbox } };
}

function isNew({ refused, refusedMore }: SandboxMode, target: WriteTarget): boolean {
  const known = refused.some(
    ({ repository, branch, path }) =>
      repository === target.repository && branch === target.branch && path === target.path
  );
  return !known && !(refusedMore && refused.length >= REFUSALS_MAX);
}

function sentence({ repository, branch }: SandboxMode, target: WriteTarget): string {
  const running = `A sandbox cell runs in this kernel: until it ends, its key writes to branch "${branch}" of "${repository}" only.`;
  if (target.branch === undefined) {
    return `${running} Refused: ${target.request}.`;
  }
  const path = target.path === '' ? '' : `"${target.path}" on `;
  const where = target.repository === repository ? '' : ` of "${target.repository}"`;
  return `${running} Refused: a write to ${path}branch "${target.branch}"${where}.`;
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const sameHash = (a: string, b: string) => timingSafeEqual(Buffer.from(a), Buffer.from(b));
