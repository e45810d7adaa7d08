import type { GuardFinding } from '../../protocol/databranch.js';
import type { Contents } from '../catalog/contents.js';
import { CatalogError } from '../catalog/errors.js';
import type { MergeCandidate, MergeCheck } from '../catalog/merges.js';
import type { CountedPairs, CountedRefs } from './counted-refs.js';
import type { DuplicateCount } from './duplicates.js';
import type { EngineFiles } from './engine-files.js';
import { GuardCheck } from './guard.js';
import {
  DEFAULT_GUARDS,
  GUARDS_BYTES_MAX,
  GUARDS_PATH,
  guardsFrom,
  WrongGuards,
  type Guard
} from './guard-rules.js';
import { Job } from './job.js';
import type { Log } from './log.js';
import { contentReader } from './range-reader.js';
import { entryAt, type Ground } from './scope.js';
import type { Shapes } from './shape.js';

/** How long a merge waits for its figures. */
const CHECK_MS_MAX = 30_000;
/** Findings that one refusal names. */
const FINDINGS_NAMED_MAX = 10;
/** In the metadata of a merge commit: what the guards had against it, where somebody merged all the same. */
export const OVERRIDDEN_KEY = 'databranch.guards.overridden';

export interface BranchGuards {
  /** `default`: the branch has none of its own. */
  origin: 'file' | 'default';
  guards: Guard[];
  /** Set where its file cannot be read as guards: a sentence. */
  wrong?: string;
}

export interface MergeGuardOptions {
  contents: Pick<Contents, 'read'>;
  refs: CountedRefs;
  duplicates: DuplicateCount;
  engineFiles: EngineFiles;
  shapes: Shapes;
  log: Log;
}

/** Keeps from a branch what its guards do not allow. They are the destination's: no branch relaxes its own guard. */
export class MergeGuard {
  constructor(private readonly options: MergeGuardOptions) {}

  /**
   * The check of one merge. Only guards that refuse are asked. What cannot be found out in 30 seconds refuses the
   * merge, and is found out meanwhile, so that it can be tried again.
   * @param force merges all the same; the log and the commit's metadata then say what was overridden, and by whom
   */
  check({ force, user }: { force: boolean; user: string }): MergeCheck {
    return async (candidate): Promise<Record<string, string>> => {
      const refusals = await this.refusals(candidate);
      if (refusals.length === 0) {
        return {};
      }
      const { source, destination } = candidate;
      const reasons = inWords(refusals);
      if (!force) {
        throw new CatalogError(
          'guard-refused',
          `The guards of "${destination}" refuse the merge of "${source}": ${reasons}.`,
          { findings: refusals }
        );
      }
      const { repository } = candidate.before;
      const overridden = { repository, source, destination, user, findings: refusals };
      this.options.log.warn(overridden, 'guards were overridden');
      return { [OVERRIDDEN_KEY]: reasons };
    };
  }

  /** What the guards have against a merge, warnings included. */
  async findings(
    pairs: CountedPairs,
    destination: Ground,
    job: Job
  ): Promise<{ origin: BranchGuards['origin']; findings: GuardFinding[] }> {
    const { origin, guards, wrong } = await this.guardsOf(destination);
    return {
      origin,
      findings: wrong === undefined ? await this.against(pairs, guards, job) : [wrongGuards(wrong)]
    };
  }

  private async refusals(candidate: MergeCandidate): Promise<GuardFinding[]> {
    const { refs } = this.options;
    const before = await refs.sideOf(candidate.destination, candidate.before);
    const { guards, wrong } = await this.guardsOf(before.ground);
    if (wrong !== undefined) {
      return [wrongGuards(wrong)];
    }
    const refusing = guards.filter(({ level }) => level === 'refuse');
    if (refusing.length === 0) {
      return [];
    }
    const work = async () => {
      const job = new Job();
      const after = await refs.sideOf(candidate.source, candidate.after);
      return this.against(await refs.pair(before, after, job), refusing, job);
    };
    return this.inTime(work());
  }

  private against(pairs: CountedPairs, guards: Guard[], job: Job): Promise<GuardFinding[]> {
    const { duplicates, engineFiles, shapes } = this.options;
    return new GuardCheck(pairs, duplicates, engineFiles, shapes, job).findings(guards);
  }

  /** The guards that a branch's commit holds. */
  private async guardsOf(ground: Ground): Promise<BranchGuards> {
    const entry = await entryAt(ground, GUARDS_PATH);
    if (!entry) {
      return { origin: 'default', guards: DEFAULT_GUARDS };
    }
    try {
      if (entry.size > GUARDS_BYTES_MAX) {
        throw new WrongGuards(`it has more than ${GUARDS_BYTES_MAX / 1024} KiB`);
      }
      const { contents } = this.options;
      const file = contentReader(contents, ground.view.repository, entry.contentId, entry.size);
      const text = Buffer.from(await file.slice(0, entry.size)).toString('utf8');
      return { origin: 'file', guards: guardsFrom(text) };
    } catch (error) {
      if (error instanceof WrongGuards) {
        return { origin: 'file', guards: [], wrong: error.message };
      }
      throw error;
    }
  }

  /** Goes on with the work when nobody waits for it any longer: what it finds out is kept. */
  private async inTime(work: Promise<GuardFinding[]>): Promise<GuardFinding[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<GuardFinding[]>(resolve => {
      timer = setTimeout(() => {
        work.catch((err: unknown) => this.options.log.warn({ err }, 'a check of guards failed'));
        resolve([STILL_COUNTING]);
      }, CHECK_MS_MAX);
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
