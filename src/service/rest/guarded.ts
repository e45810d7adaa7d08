import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GuardFinding } from '../../protocol/databranch.js';
import type { MergeResult } from '../../protocol/lakefs.js';
import type { MergeCheck } from '../catalog/merges.js';
import type { CommitId } from '../ids.js';
import type { RestContext } from './context.js';

/** What guards warn of is in the answer's head, as JSON: its body is the lakeFS API's. */
const WARNINGS_HEADER = 'databranch-guard-warnings';
/** More than these are not worth a head; the preview of a merge has them all. */
const WARNINGS_MAX = 10;

/** Runs a merge that the destination's guards look at before it is published, and answers it. */
export async function guarded(
  { rows }: RestContext,
  { user: { user } }: FastifyRequest,
  reply: FastifyReply,
  force: boolean | undefined,
  merge: (check: MergeCheck | undefined) => Promise<{ id: CommitId }>
): Promise<MergeResult> {
  let warnings: GuardFinding[] = [];
  const warned = (findings: GuardFinding[]) => (warnings = findings);
  const { id } = await merge(rows?.mergeCheck({ user, force: force ?? false, warned }));
  if (warnings.length > 0) {
    void reply.header(WARNINGS_HEADER, inHead(warnings.slice(0, WARNINGS_MAX)));
  }
  return { reference: id };
}

/** JSON in ASCII, as a head has to be. */
function inHead(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped);
}
