import { BRANCHES, ObjectClient } from './object-client';
import { oneOf, outcomeOf, type Answer } from './wire';

/** One client, which does one thing after another on all branches. */
export class PromiseClient extends ObjectClient {
  async work(steps: number): Promise<void> {
    const verbs: [weight: number, verb: (branch: string) => Promise<void>][] = [
      [6, branch => this.put(branch)],
      [2, branch => this.multipart(branch)],
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
    const outcome = outcomeOf(answer);
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
    const noSource = { status: 404, body: { message: 'There is no branch' }, text: '', etag: '' };
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
