import { CommandLine } from '../life/service-process';
import { branchModel, type BranchHistory, type LoggedMove, type Operation } from './promise/branch-model';
import { PromiseClient } from './promise/clients';
import { BRANCHES, type Run } from './promise/object-client';
import { wrongCommits, type ToldCommit } from './promise/commit-graph';
import { linearize } from './promise/linearize';
import { connect, listed } from './promise/wire';
import { randomness, seedOfRun } from './random';

const CLIENTS = 4;
const STEPS = 120;
const RUNS = 4;
const seed = seedOfRun();

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.build();
});
afterAll(() => commandLine.remove());

/** What happened in a run, and what came of it. */
interface Past {
  histories: Map<string, Operation[]>;
  branches: Map<string, BranchHistory>;
  commits: Map<string, ToldCommit>;
}

/** Clients at work on a service, with garbage being collected all the time. */
async function past(number: number): Promise<Past> {
  const service = await commandLine.serve(await commandLine.newFolder(), ['--log-level', 'error']).ready();
  const { rest, s3 } = await connect(service);
  try {
    let moments = 0;
    await rest('POST', '/repositories', { name: 'lake', storage_namespace: 'local://lake' });
    const first = (await rest('GET', '/repositories/lake/branches/main')).body.commit_id as string;
    const histories = new Map<string, Operation[]>(BRANCHES.map(branch => [branch, []]));
    const run: Run = { rest, s3, moment: () => moments++, commits: [first], histories };
    await new PromiseClient(run, 0, randomness(seed)).create('side', first);
    let working = true;
    const clients = Array.from({ length: CLIENTS }, (_, i) =>
      new PromiseClient(run, i, randomness(seed + 100 * number + i)).work(STEPS)
    );
    const collect = async () => {
      while (working) {
        expect((await rest('POST', '/databranch/gc', {})).status).toBe(200);
      }
    };
    await Promise.all([Promise.all(clients).finally(() => (working = false)), collect()]);
    const told = await tell(run, first);
    expect((await rest('GET', '/databranch/fsck')).body.report).toMatchObject({ sound: true });
    return told;
  } finally {
    s3.destroy();
    await service.stop();
    expect(service.stderr).toBe('');
  }
}

/** Reads the operation log and every commit that it names. */
async function tell({ rest, histories }: Run, first: string): Promise<Past> {
  const log: (LoggedMove & { branch: string })[] = [];
  for (let after = '', more = true; more;) {
    const { body } = await rest('GET', `/databranch/repositories/lake/operations?after=${after}&amount=1000`);
    for (const { id, verb, branch, from_commit_id: from, to_commit_id: to, undoes } of body.results) {
      log.unshift({ id, verb, branch, from, to, undoes });
    }
    ({ has_more: more, next_offset: after } = body.pagination);
  }
  const commits: Past['commits'] = new Map();
  const byMessage = new Map<string, string>();
  for (const { to, verb } of [{ to: first, verb: 'first' }, ...log]) {
    if (to !== null && !commits.has(to)) {
      const { parents, metadata, message } = (await rest('GET', `/repositories/lake/commits/${to}`)).body;
      const objects = (await listed(rest, to, ''))!;
      commits.set(to, { id: to, verb, parents, metadata, objects });
      byMessage.set(message, to);
    }
  }
  // What a revert made is known by its message alone.
  for (const operation of [...histories.values()].flat()) {
    if (operation.verb === 'publish' && operation.commit.startsWith('message ')) {
      operation.commit = byMessage.get(operation.commit.slice('message '.length))!;
    }
  }
  const contentOf = (commit: string) => commits.get(commit)!.objects;
  const branches = new Map<string, BranchHistory>(
    BRANCHES.map(branch => {
      const start = branch === 'main' ? first : undefined;
      return [branch, { start, log: log.filter(move => move.branch === branch), contentOf }];
    })
  );
  return { histories, branches, commits };
}

/** How far an order was found, for whoever looks for the reason. */
function explain(branch: string, log: LoggedMove[], order: Operation[], stuck: Operation[]): string {
  const lines = (list: object[]) =>
    list.map(each =>
      JSON.stringify(each, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value))
    );
  return [
    `No order of what happened to branch ${branch}. Its log:`,
    ...lines(log),
    'The longest order ends with',
    ...lines(order.slice(-30)),
    'and then none of these fits:',
    ...lines(stuck)
  ].join('\n');
}

function verdictOn(history: Operation[], branch: BranchHistory) {
  const clients = Array.from({ length: CLIENTS }, (_, client) =>
    history.filter(operation => operation.client === client)
  );
  return linearize(clients, branchModel(branch));
}

test.each(Array.from({ length: RUNS }, (_, i) => i))(
  `what concurrent clients see is linearizable for each branch, and merges hold what they should (run %i, seed ${seed})`,
  async number => {
    const { histories, branches, commits } = await past(number);
    for (const [name, history] of histories) {
      const { linearizable, order, stuck } = verdictOn(history, branches.get(name)!);
      if (!linearizable) {
        throw new Error(explain(name, branches.get(name)!.log, order, stuck));
      }
      // The same history with one answer changed is found out.
      const read = history.find(({ verb }) => verb === 'read');
      if (read?.verb === 'read') {
        read.etag = 'of something that nobody wrote';
        expect(verdictOn(history, branches.get(name)!).linearizable).toBe(false);
      }
    }
    expect(wrongCommits(commits)).toEqual([]);
  },
  600_000
);
