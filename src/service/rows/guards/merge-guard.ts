import type { GuardFinding } from '../../../protocol/databranch.js';
import type { Contents } from '../../catalog/contents.js';
import { CatalogError } from '../../catalog/errors.js';
import type { MergeCandidate, MergeCheck } from '../../catalog/merges.js';
import type { CountedPairs, CountedRefs } from '../datasets/counted-refs.js';
import type { DuplicateCount } from '../tables/duplicates.js';
import type { EngineFiles } from '../engine/engine-files.js';
import { GuardCheck } from './guard.js';
import { GUARDS_PATH, type Guard } from './guard-rules.js';
import { guardsOf, type BranchGuards } from './guards-file.js';
import { Job } from '../counting/job.js';
import type { Log } from '../counting/log.js';
import type { Ground } from '../counting/scope.js';
import type { Shapes } from '../counting/shape.js';

/** How long a merge waits for its figures, in milliseconds. */
const CHECK_MS_MAX = 30_000;
/** How long a merge waits for what guards only warn of, in milliseconds. */
const WARNINGS_MS_MAX = 2_000;
/** Findings that one refusal names. */
const FINDINGS_NAMED_MAX = 10;
/** In the metadata of a merge commit: what the guards had against it, where somebody merged all the same. */
export const OVERRIDDEN_KEY = 'databranch.guards.overridden';

/** Who merges, and how. */
export interface GuardedMerge {
  user: string;
  /** Merges all the same; the log and the commit's metadata then say what was overridden, and by whom. */
  force: boolean;
  /** Is told what the guards warn of, for each time that the merge is built; the last time counts. */
  warned?: (findings: GuardFinding[]) => void;
}

export interface MergeGuardOptions {
  contents: Pick<Contents, 'read'>;
  refs: CountedRefs;
  duplicates: DuplicateCount;
  engineFiles: EngineFiles;
  shapes: Shapes;
  log: Log;
  /** How long a merge waits for its figures, also for those of warnings, in milliseconds; 30 and 2 seconds unless given. */
  checkMs?: number;
}

/** Keeps from a branch what its guards do not allow. They are the destination's: no branch relaxes its own guard. */
export class MergeGuard {
  private readonly checkMs: number;
  private readonly warningsMs: number;

  constructor(private readonly options: MergeGuardOptions) {
    this.checkMs = options.checkMs ?? CHECK_MS_MAX;
    this.warningsMs = options.checkMs ?? WARNINGS_MS_MAX;
  }

  /**
   * The check of one merge. What cannot be found out in 30 seconds refuses the merge, and is found out meanwhile, so
   * that it can be tried again. What guards only warn of is looked for two seconds at most.
   */
  check(merge: GuardedMerge): MergeCheck {
    return async (candidate): Promise<Record<string, string>> => {
      const { refusals, warnings } = await this.heldAgainst(candidate);
      merge.warned?.(warnings);
      const { source, destination, before } = candidate;
      const about = { repository: before.repository, source, destination, user: merge.user };
      if (warnings.length > 0) {
        this.options.log.warn({ ...about, findings: warnings }, 'guards warned of a merge');
      }
      if (refusals.length === 0) {
        return {};
      }
      const reasons = inWords(refusals);
      if (!merge.force) {
        throw new CatalogError(
          'guard-refused',
          `The guards of "${destination}" refuse the merge of "${source}": ${reasons}.`,
          { findings: refusals }
        );
      }
      this.options.log.warn({ ...about, findings: refusals }, 'guards were overridden');
      return { [OVERRIDDEN_KEY]: reasons };
    };
  }

  /** What the guards have against a merge, warnings included. */
  async findings(
    pairs: CountedPairs,
    destination: Ground,
    job: Job
  ): Promise<{ origin: BranchGuards['origin']; findings: GuardFinding[] }> {
    const { origin, guards, wrong } = await guardsOf(this.options.contents, destination);
    return {
      origin,
      findings: wrong === undefined ? await this.against(pairs, guards, job) : [wrongGuards(wrong)]
    };
  }

  private async heldAgainst(
    candidate: MergeCandidate
  ): Promise<{ refusals: GuardFinding[]; warnings: GuardFinding[] }> {
    const { refs } = this.options;
    const before = await refs.sideOf(candidate.destination, candidate.before);
    const { guards, wrong } = await guardsOf(this.options.contents, before.ground);
    if (wrong !== undefined) {
      return { refusals: [wrongGuards(wrong)], warnings: [] };
    }
    const findings = async (level: Guard['level'], job: Job) => {
      const asked = guards.filter(guard => guard.level === level);
      if (asked.length === 0) {
        return [];
      }
      const after = await refs.sideOf(candidate.source, candidate.after);
      return this.against(await refs.pair(before, after, job), asked, job);
    };
    const refusals = await this.inTime(findings('refuse', new Job()));
    return { refusals, warnings: refusals.length > 0 ? [] : await this.soon(job => findings('warn', job)) };
  }

  private against(pairs: CountedPairs, guards: Guard[], job: Job): Promise<GuardFinding[]> {
    const { duplicates, engineFiles, shapes } = this.options;
    return new GuardCheck(pairs, duplicates, engineFiles, shapes, job).findings(guards);
  }

  /** Ends the work when its time is over: nobody is refused for what it would find. */
  private async soon(work: (job: Job) => Promise<GuardFinding[]>): Promise<GuardFinding[]> {
    const signal = AbortSignal.timeout(this.warningsMs);
    try {
      return await work(new Job({ signal }));
    } catch (err) {
      if (!signal.aborted) {
        this.options.log.warn({ err }, 'a look for what guards warn of failed');
      }
      return [NOT_LOOKED_FOR];
    }
  }

  /** Goes on with the work when nobody waits for it any longer: what it finds out is kept. */
  private async inTime(work: Promise<GuardFinding[]>): Promise<GuardFinding[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<GuardFinding[]>(resolve => {
      timer = setTimeout(() => {
        work.catch((err: unknown) => this.options.log.warn({ err }, 'a check of guards failed'));
        resolve([STILL_COUNTING]);
      }, this.checkMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const STILL_COUNTING: GuardFinding = {
  path: '',
  rule: 'counted',
  level: 'refuse',
  basis: 'files',
  message: 'still counting: try again in a minute'
};

const NOT_LOOKED_FOR: GuardFinding = {
  path: '',
  rule: 'counted',
  level: 'warn',
  basis: 'files',
  message: 'what the guards warn of was not found out in time: the preview of a merge shows it'
};

function wrongGuards(reason: string): GuardFinding {
  const message = `cannot be read as guards: ${reason}`;
  return { path: GUARDS_PATH, rule: 'guards', level: 'refuse', basis: 'files', message };
}

function inWords(findings: GuardFinding[]): string {
  const named = findings.slice(0, FINDINGS_NAMED_MAX).map(({ path, rule, message }) => {
    const where = rule === 'guards' ? path : `${path || '/'} (${rule})`;
    return `${where}: ${message}`;
  });
  const rest = findings.length - named.length;
  return `${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
