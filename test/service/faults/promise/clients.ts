import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client
} from '@aws-sdk/client-s3';
import type { Random } from '../random';
import type { Deed, Objects, Operation } from './branch-model';
import { etagOf, listed, missing, oneOf, refused, unquoted, type Answer, type Rest } from './wire';

/** `main` stays, `side` may go when its making is undone, `scratch` comes and goes. */
export const BRANCHES = ['main', 'side', 'scratch'];
const PATHS = ['a/1', 'a/2', 'b/1', 'b/2'];
/** Contents that several writes share: writing one again may change nothing. */
const SHARED = 3;
/** Over 16 KiB, so that they lie in files. */
const LARGE_BYTES = 20_000;
const TYPE = 'application/octet-stream';

/** What the clients of a run share. */
export interface Run {
  rest: Rest;
  s3: S3Client;
  /** Counts the moments of the run. */
  moment: () => number;
  /** Commits that came about, whose ids clients use as refs. */
  commits: string[];
  /** What happened, by branch. */
  histories: Map<string, Operation[]>;
}

/** How a verb that moves a branch after having sealed it was refused, by its sentence. */
const REFUSALS: [
  sentence: RegExp,
  outcome: 'nothing' | 'uncommitted' | 'moved' | 'refused' | 'no-branch' | 'early'
][] = [
  [/has no uncommitted changes/, 'nothing'],
  [/has uncommitted changes/, 'uncommitted'],
  [/was changed by someone else meanwhile/, 'moved'],
  [/changed on both sides|nothing to merge|would change nothing/, 'refused'],
  // Before the branch is looked at.
  [/has no parent|is a merge commit/, 'early'],
  [/There is no branch/, 'no-branch']
];

/** One client, which does one thing after another on all branches, over both protocols, and takes down what it saw. */
export class PromiseClient {
  /** ETags that it has seen, to make conditions of. */
  private seen: string[] = [];
  private written = 0;

  constructor(
    private readonly run: Run,
    private readonly number: number,
    private readonly random: Random
  ) {}

  async work(steps: number): Promise<void> {
    const verbs: [weight: number, verb: (branch: string) => Promise<void>][] = [
      [6, branch => this.put(branch)],
      [3, branch => this.remove(branch)],
      [5, branch => this.read(branch)],
      [5, branch => this.list(branch)],
      [2, branch => this.head(branch)],
      [3, branch => this.commit(branch)],
      [2, branch => this.merge(branch)],
      [1, branch => this.hardReset(branch)],
      [1, branch => this.revert(branch)],
      [1, branch => this.cherryPick(branch)],
      [2, branch => this.reset(branch)],
      [2, branch => this.undo(branch)],
      [2, () => this.comeOrGo('scratch')]
    ];
    const choices = verbs.flatMap(([weight, verb]) => Array.from({ length: weight }, () => verb));
    for (let i = 0; i < steps; i++) {
      await choices[this.random(choices.length)]!(BRANCHES[this.random(BRANCHES.length)]!);
    }
  }

  private pick = <T>(list: readonly T[]): T => list[this.random(list.length)]!;
  private path = () => this.pick(PATHS);

  /** Does `request` and takes down, with the moments around it, what `deeds` makes of its answer. */
  private async during<T>(
    branch: string,
    what: string,
    request: () => Promise<T>,
    deeds: (answer: T) => Deed[]
  ): Promise<T> {
    const begin = this.run.moment();
    const answer = await request();
    const end = this.run.moment();
    const history = this.run.histories.get(branch)!;
    for (const deed of deeds(answer)) {
      history.push({ ...deed, begin, end, client: this.number, what } as Operation);
    }
    return answer;
  }

  private content(): string {
    const text =
      this.random(4) === 0 ? `shared ${this.random(SHARED)} ` : `${this.number} ${this.written++} `;
    return this.random(3) === 0 ? text.repeat(LARGE_BYTES / text.length + 1) : text;
  }

  private async put(branch: string): Promise<void> {
    const [path, content] = [this.path(), this.content()];
    const etag = etagOf(content);
    const ifNoneMatch = this.random(4) === 0;
    const ifMatch =
      !ifNoneMatch && this.random(4) === 0 && this.seen.length > 0
        ? this.pick(this.seen.slice(-4))
        : undefined;
    const condition = { ...(ifNoneMatch && { ifNoneMatch }), ...(ifMatch && { ifMatch }) };
    const overS3 = ifMatch === undefined && this.random(2) === 0;
    const deed = (outcome: 'done' | 'failed' | 'no-branch'): Deed[] => [
      { verb: 'put', path, etag, ...condition, outcome }
    ];
    if (overS3) {
      const command = { Bucket: 'lake', Key: `${branch}/${path}`, Body: content, ContentType: TYPE };
      const request = () =>
        refused(
          this.run.s3.send(new PutObjectCommand({ ...command, ...(ifNoneMatch && { IfNoneMatch: '*' }) }))
        );
      await this.during(branch, 'S3 PutObject', request, code =>
        deed(oneOf(code, { done: 'done', PreconditionFailed: 'failed', NoSuchKey: 'no-branch' }))
      );
    } else {
      const headers = {
        'content-type': TYPE,
        ...(ifNoneMatch && { 'if-none-match': '*' }),
        ...(ifMatch && { 'if-match': `"${ifMatch}"` })
      };
      const url = `/repositories/lake/branches/${branch}/objects?path=${path}`;
      await this.during(
        branch,
        'POST objects',
        () => this.run.rest('POST', url, content, headers),
        ({ status }) => deed(oneOf(status, { 201: 'done', 412: 'failed', 404: 'no-branch' }))
      );
    }
    this.seen.push(etag);
  }

  private async remove(branch: string): Promise<void> {
    const path = this.path();
    if (this.random(2) === 0) {
      const command = new DeleteObjectCommand({ Bucket: 'lake', Key: `${branch}/${path}` });
      await this.during(
        branch,
        'S3 DeleteObject',
        () => refused(this.run.s3.send(command)),
        code => [
          { verb: 'delete', path, outcome: oneOf(code, { done: 'done', NoSuchKey: 'no-branch' } as const) }
        ]
      );
    } else {
      const url = `/repositories/lake/branches/${branch}/objects?path=${path}`;
      await this.during(
        branch,
        'DELETE objects',
        () => this.run.rest('DELETE', url),
        ({ status }) => [
          { verb: 'delete', path, outcome: oneOf(status, { 204: 'done', 404: 'no-branch' } as const) }
        ]
      );
    }
  }

  private async read(branch: string): Promise<void> {
    const path = this.path();
    const at = { Bucket: 'lake', Key: `${branch}/${path}` };
    const request = async (): Promise<string | null> => {
      switch (this.random(3)) {
        case 0: {
          const found = await missing(this.run.s3.send(new GetObjectCommand(at)));
          const etag = found && unquoted(found.ETag!);
          expect(found && etagOf(await found.Body!.transformToString())).toBe(etag);
          return etag;
        }
        case 1: {
          const found = await missing(this.run.s3.send(new HeadObjectCommand(at)));
          return found && unquoted(found.ETag!);
        }
        default: {
          const url = `/repositories/lake/refs/${branch}/objects?path=${path}`;
          const { status, text } = await this.run.rest('GET', url);
          return oneOf(status, { 200: etagOf(text), 404: null });
        }
      }
    };
    const etag = await this.during(branch, 'a read', request, etag => [{ verb: 'read', path, etag }]);
    if (etag) {
      this.seen.push(etag);
    }
  }

  private async list(branch: string): Promise<void> {
    const prefix = this.pick(['', '', 'a/', 'b/']);
    const request = async (): Promise<Objects | undefined> => {
      if (this.random(2) === 0) {
        const Prefix = `${branch}/${prefix}`;
        const page = await missing(this.run.s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix })));
        const found = page?.Contents ?? [];
        return page
          ? new Map(found.map(({ Key, ETag }) => [Key!.slice(branch.length + 1), unquoted(ETag!)]))
          : undefined;
      }
      return listed(this.run.rest, branch, prefix);
    };
    // A listing over S3 below a branch that is not there is an empty one.
    await this.during(branch, 'a listing', request, objects =>
      branch !== 'main' && !objects?.size ? [] : [{ verb: 'list', prefix, objects }]
    );
  }

  private async head(branch: string): Promise<void> {
    const request = () => this.run.rest('GET', `/repositories/lake/branches/${branch}`);
    await this.during(branch, 'GET branch', request, ({ status, body }) => [
      { verb: 'head', commit: oneOf(status, { 200: body?.commit_id as string, 404: null }) }
    ]);
  }

  /** A verb that seals the branch, and moves it later. */
  private async move(
    branch: string,
    move: string,
    clean: boolean,
    request: () => Promise<Answer>,
    commitOf: (answer: Answer) => string | Promise<string>
  ): Promise<string | undefined> {
    const by = `${this.number}-${this.run.moment()}`;
    const begin = this.run.moment();
    const answer = await request();
    const end = this.run.moment();
    const outcome =
      answer.status < 300
        ? 'done'
        : REFUSALS.find(([sentence]) => sentence.test(answer.body?.message ?? ''))?.[1];
    if (!outcome) {
      throw new Error(`${move} on ${branch} answers ${answer.status}: ${answer.text}`);
    }
    if (outcome === 'early') {
      return undefined;
    }
    const history = this.run.histories.get(branch)!;
    const common = {
      begin,
      end,
      client: this.number,
      what: `${move}: ${answer.body?.message ?? answer.status}`
    };
    const sealed = outcome === 'moved' ? 'done' : outcome;
    history.push({ ...common, verb: 'seal', by, clean, outcome: sealed });
    if (outcome !== 'done' && outcome !== 'moved') {
      return undefined;
    }
    const commit = outcome === 'done' ? await commitOf(answer) : '';
    history.push({ ...common, verb: 'publish', by, move, commit, outcome });
    if (commit && !commit.startsWith('message ')) {
      this.run.commits.push(commit);
    }
    return commit || undefined;
  }

  private async commit(branch: string): Promise<void> {
    const message = `commit ${this.number} ${this.written++}`;
    const request = () => this.run.rest('POST', `/repositories/lake/branches/${branch}/commits`, { message });
    await this.move(branch, 'commit', false, request, ({ body }) => body.id);
  }

  private async merge(branch: string): Promise<void> {
    const byName = this.random(2) === 0;
    const source = byName ? this.pick(BRANCHES.filter(each => each !== branch)) : this.pick(this.run.commits);
    const begin = this.run.moment();
    const strategy = this.pick(['source-wins', 'dest-wins', '']);
    const request = () =>
      this.run.rest('POST', `/repositories/lake/refs/${source}/merge/${branch}`, {
        message: `merge ${this.number} ${this.written++}`,
        strategy,
        metadata: { strategy, source },
        squash_merge: !byName && this.random(3) === 0
      });
    const noSource = { status: 404, body: { message: 'There is no branch' }, text: '' };
    const orNoSource = async () => {
      const answer = await request();
      return answer.status === 404 && !/There is no branch "/.test(answer.body.message) ? noSource : answer;
    };
    let missingSource = false;
    const merged = await this.move(
      branch,
      'merge',
      true,
      async () => {
        const answer = await orNoSource();
        missingSource = answer === noSource;
        return answer;
      },
      ({ body }) => body.reference
    );
    const end = this.run.moment();
    if (missingSource) {
      // The destination was not looked at.
      this.run.histories.get(branch)!.pop();
      this.saw(source, null, begin, end);
    } else if (merged && byName) {
      const { body } = await this.run.rest('GET', `/repositories/lake/commits/${merged}`);
      this.saw(source, body.parents[1], begin, end);
    }
  }

  /** A verb on another branch has met this one's commit. */
  private saw(branch: string, commit: string | null, begin: number, end: number): void {
    const deed = { verb: 'head' as const, commit };
    this.run.histories
      .get(branch)!
      .push({ ...deed, begin, end, client: this.number, what: 'the source of a merge' });
  }

  private async hardReset(branch: string): Promise<void> {
    const ref = this.pick(this.run.commits);
    const request = () => this.run.rest('PUT', `/repositories/lake/branches/${branch}/hard_reset?ref=${ref}`);
    await this.move(branch, 'hard-reset', true, request, () => ref);
  }

  private async revert(branch: string): Promise<void> {
    const message = `revert ${this.number} ${this.written++}`;
    const ref = this.pick(this.run.commits.slice(-6));
    const body = { ref, parent_number: 0, commit_overrides: { message, metadata: { reverts: ref } } };
    const request = () => this.run.rest('POST', `/repositories/lake/branches/${branch}/revert`, body);
    // The answer does not name the commit; its message does, once the run is over.
    await this.move(branch, 'revert', true, request, () => `message ${message}`);
  }

  private async cherryPick(branch: string): Promise<void> {
    const body = { ref: this.pick(this.run.commits.slice(-6)) };
    const request = () => this.run.rest('POST', `/repositories/lake/branches/${branch}/cherry-pick`, body);
    await this.move(branch, 'cherry-pick', true, request, answer => answer.body.id);
  }

  private async reset(branch: string): Promise<void> {
    const path = this.random(2) === 0 ? this.path() : undefined;
    const body = path === undefined ? { type: 'reset' } : { type: 'object', path };
    const request = () => this.run.rest('PUT', `/repositories/lake/branches/${branch}`, body);
    await this.during(branch, 'reset', request, ({ status }) => [
      {
        verb: 'reset',
        path,
        outcome: oneOf(status, { 204: 'done', 409: 'moved', 404: 'no-branch' } as const)
      }
    ]);
  }

  private async undo(branch: string): Promise<void> {
    const { body } = await this.run.rest(
      'GET',
      `/databranch/repositories/lake/operations?branch=${branch}&amount=3`
    );
    if (body.results.length > 0) {
      const operation = this.pick(body.results as { id: string }[]).id;
      const request = () =>
        this.run.rest('POST', `/databranch/repositories/lake/operations/${operation}/undo`);
      await this.during(branch, 'undo', request, ({ status }) => [
        {
          verb: 'undo',
          operation,
          outcome: oneOf(status, { 201: 'done', 409: 'refused', 400: 'refused' } as const)
        }
      ]);
    }
  }

  private async comeOrGo(branch: string): Promise<void> {
    if (this.random(2) === 0) {
      const request = () => this.run.rest('DELETE', `/repositories/lake/branches/${branch}`);
      await this.during(branch, 'DELETE branch', request, ({ status }) => [
        { verb: 'delete-branch', outcome: oneOf(status, { 204: 'done', 404: 'no-branch' } as const) }
      ]);
    } else {
      await this.create(branch, this.pick(this.run.commits));
    }
  }

  async create(branch: string, commit: string): Promise<void> {
    const body = { name: branch, source: commit };
    await this.during(
      branch,
      'POST branches',
      () => this.run.rest('POST', '/repositories/lake/branches', body),
      ({ status }) => [
        { verb: 'create', commit, outcome: oneOf(status, { 201: 'done', 409: 'exists' } as const) }
      ]
    );
  }
}
