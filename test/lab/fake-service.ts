import type {
  BranchState,
  DataSetComparison,
  GuardsOfRef,
  MergePreview,
  Operation,
  Pagination
} from '../../src/protocol/databranch';
import type { Commit, Diff, ObjectStats } from '../../src/protocol/lakefs';
import type { PartKind } from '../../src/lab/model/parts';
import type { IRequests, RequestInitial } from '../../src/lab/requests';
import { RequestError } from '../../src/lab/requests';
import { objectStats, commit } from './fake-data';
import { FakeRows } from './fake-rows';

/** A branch of the fake. */
export interface FakeBranch {
  changes: Diff[];
  commits: Commit[];
  token: number;
}

/**
 * The service in a few lines, in place of the network: one repository with branches that can be changed from a
 * test. It knows no rules; what a test needs refused, it puts into `refusals`.
 */
export class FakeService implements IRequests {
  readonly branches = new Map<string, FakeBranch>();
  readonly objects = new Map<string, ObjectStats[]>();
  readonly tags = new Map<string, string>();
  comparisons: DataSetComparison[] = [];
  /** The parts of any data set that differ. */
  parts: Record<PartKind, DataSetComparison[]> = { partition: [], file: [] };
  /** Path → what lies there, on every ref. */
  readonly contents = new Map<string, Uint8Array>();
  /** Path → its rows as an Arrow stream, as they are asked for. */
  readonly tables = new Map<string, (query: RequestInitial['query']) => Uint8Array>();
  /** What is told of a merge before it is made. */
  preview: Partial<MergePreview> | undefined;
  /** Paths that a merge finds changed on both sides. */
  conflicts: string[] = [];
  protection: string[] = [];
  /** The guards of every ref. */
  guards: Omit<GuardsOfRef, 'ref' | 'commit_id'> = { origin: 'default', text: null, guards: [], wrong: null };
  /** What is wrong with any text that is checked as guards. */
  wrongGuards: string | null = null;
  retention: unknown;
  /** The operation log, newest first. */
  operations: Operation[] = [];
  /** What is answered about single rows. */
  readonly rows = new FakeRows();
  /** Requests that wait, by `METHOD /path`, until they are answered or given up. */
  readonly held = new Map<string, Pick<RequestInitial, 'signal' | 'onProgress'> & { answer(): void }>();
  /** `METHOD /path` of requests to hold. */
  readonly holds = new Set<string>();
  /** What requests asked for besides their path, by `METHOD /path`: of the last one. */
  readonly queries = new Map<string, RequestInitial['query']>();
  /** `METHOD /path` → the error to answer with, as long as it is there. */
  readonly refusals = new Map<string, RequestError>();
  /** All requests so far, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** The bodies of requests that change something. */
  readonly bodies: unknown[] = [];
  /** Answers nothing, as when the service is killed. */
  away = false;

  constructor() {
    this.branches.set('main', { changes: [], commits: [commit('c0', 'Repository created', [])], token: 0 });
  }

  address(path: readonly string[], query: RequestInitial['query'] = {}): string {
    const parameters = Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map(one => `${name}=${encodeURIComponent(String(one))}`)
    );
    return `http://lab/databranch/api/v1/${path.join('/')}?${parameters.join('&')}`;
  }

  async send<T>(path: readonly string[], initial: RequestInitial = {}): Promise<T> {
    const method = initial.method ?? 'GET';
    const request = `${method} /${path.join('/')}`;
    this.requests.push(request);
    this.queries.set(request, initial.query);
    if (this.holds.has(request)) {
      const { signal, onProgress } = initial;
      await new Promise<void>((answer, reject) => {
        this.held.set(request, { answer, signal, onProgress });
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }
    if (this.away) {
      throw new RequestError(503, 'The data service is not there.');
    }
    const refusal = this.refusals.get(request);
    if (refusal) {
      throw refusal;
    }
    if (method !== 'GET') {
      this.bodies.push(initial.json ?? initial.body);
    }
    return this._answer(method, path, initial) as T;
  }

  async read(path: readonly string[], query: RequestInitial['query'], bytesMax: number): Promise<Uint8Array> {
    const request = `GET /${path.join('/')}`;
    this.requests.push(request);
    this.queries.set(request, query);
    const refusal = this.refusals.get(request);
    if (refusal) {
      throw refusal;
    }
    const stream = path.at(-1) === 'preview' ? this.tables.get(String(query?.path))?.(query) : undefined;
    if (stream) {
      return stream;
    }
    const content = this.contents.get(String(query?.path));
    if (!content) {
      throw new RequestError(404, `There is no object at ${String(query?.path)}.`);
    }
    return content.subarray(0, bytesMax);
  }

  /** Puts a change on a branch, as a notebook would that writes to it. */
  stage(branch: string, path: string, type: Diff['type'] = 'added'): void {
    const { changes } = this._branch(branch);
    changes.push({ type, path, path_type: 'object', size_bytes: 1 });
    this._branch(branch).token++;
  }

  private _answer(method: string, path: readonly string[], initial: RequestInitial): unknown {
    const [first, , second, name = '', ...rest] = path[0] === 'databranch' ? path.slice(1) : path;
    const query = initial.query ?? {};
    const json = initial.json as Record<string, string> & { metadata?: Record<string, string> };
    if (first === 'repositories' && second === undefined) {
      const repository = {
        id: 'quickstart',
        creation_date: 0,
        default_branch: 'main',
        storage_namespace: 'local://quickstart/'
      };
      return path.length === 1 ? page([repository]) : repository;
    }
    if (first === 'guards') {
      return { guards: [], wrong: this.wrongGuards };
    }
    switch (`${method} ${second} ${rest.join('/')}`.trim()) {
      case 'GET branches':
        return name === ''
          ? page([...this.branches.keys()].sort().map(id => ({ id, commit_id: this._head(id) })))
          : { id: name, commit_id: this._head(name) };
      case 'POST branches':
        this.branches.set(json.name!, structuredClone(this._branch(json.source!)));
        return undefined;
      case 'DELETE branches':
        this._branch(name);
        this.branches.delete(name);
        return undefined;
      case 'PUT branches': {
        const branch = this._branch(name);
        branch.changes = branch.changes.filter(
          change =>
            json.type !== 'reset' &&
            !(json.type === 'object' ? change.path === json.path : change.path.startsWith(json.path!))
        );
        branch.token++;
        return undefined;
      }
      case 'POST branches discard': {
        const branch = this._branch(name);
        branch.changes = branch.changes.filter(({ path: changed }) => !json.paths!.includes(changed));
        branch.token++;
        return undefined;
      }
      case 'GET branches state':
        return this._state(name);
      case 'GET branches diff':
        return page(this._branch(name).changes);
      case 'POST branches commits': {
        const branch = this._branch(name);
        const made = commit(
          `c${branch.commits.length}`,
          json.message!,
          [branch.commits[0]!.id],
          json.metadata
        );
        branch.commits.unshift(made);
        branch.changes = [];
        branch.token++;
        return made;
      }
      case 'POST branches objects':
        this.stage(name, String(query.path));
        return undefined;
      case 'POST branches revert':
        return undefined;
      case 'POST branches cherry-pick':
        return commit('c7', 'picked', ['c0']);
      case 'GET commits':
        return [...this.branches.values()].flatMap(({ commits }) => commits).find(({ id }) => id === name);
      case 'GET branch_protection':
        return this.protection.map(pattern => ({ pattern }));
      case 'POST branch_protection':
        this.protection.push(json.pattern!);
        return undefined;
      case 'DELETE branch_protection':
        this.protection = this.protection.filter(pattern => pattern !== json.pattern);
        return undefined;
      case 'GET settings':
        if (!this.retention) {
          throw new RequestError(404, 'This repository has no rules.');
        }
        return this.retention;
      case 'PUT settings':
        this.retention = initial.json;
        return undefined;
      case 'DELETE settings':
        this.retention = undefined;
        return undefined;
      case 'GET gc':
        return {
          repository: 'quickstart',
          commits: 2,
          nodes: 4,
          blocks: 3,
          files: 3,
          bytes: 2048,
          expired: 0
        };
      case 'GET operations':
        return page(
          this.operations.filter(({ branch }) => [undefined, branch].includes(query.branch as string))
        );
      case 'POST operations undo':
        this.operations.find(({ id }) => id === name)!.undone = true;
        return undefined;
      case 'GET refs guards':
        return { ref: name, commit_id: this._head(name), ...this.guards };
      case 'GET tags':
        return page([...this.tags].map(([id, commit_id]) => ({ id, commit_id })));
      case 'GET refs commits':
        return page(this._branch(name).commits);
      case 'GET refs objects/stat': {
        const content = this.contents.get(String(query.path));
        if (!content) {
          throw new RequestError(404, `There is no object at ${String(query.path)}.`);
        }
        return objectStats(String(query.path), content.length);
      }
      case 'POST branches objects/copy':
        this.contents.set(
          String(query.dest_path),
          this.contents.get((initial.json as { src_path: string }).src_path)!
        );
        return undefined;
      case 'POST branches objects/delete':
        for (const path of (initial.json as { paths: string[] }).paths) {
          this.contents.delete(path);
        }
        return { errors: [] };
      case 'GET refs objects/ls':
        return page(this.objects.get(name) ?? this._listed(String(query.prefix ?? '')));
      case 'GET refs rows':
        return {
          path: '',
          ref: name,
          commit_id: this._head(name),
          rows: 486_000,
          bytes: 1,
          files: 1,
          unreadable: [],
          datasets: [
            {
              ...{ path: 'reviews/', format: 'parquet', rows: 486_000, bytes: 1, files: 1 },
              columns: this.rows.dataSetColumns.map(column => ({ name: column, type: 'string' }))
            }
          ],
          pagination: PAGINATION
        };
    }
    if (second === 'refs' && rest[0] === 'rows') {
      const [left, right] = [name, rest[1]!];
      return {
        left,
        right,
        left_commit_id: 'c0',
        right_commit_id: 'c0',
        datasets: query?.['by'] === undefined ? this.comparisons : this.parts[query['by'] as PartKind],
        pagination: PAGINATION
      };
    }
    const answer = second === 'refs' ? this.rows.answer(name, rest, query) : undefined;
    if (answer) {
      return answer;
    }
    if (second === 'refs' && rest[0] === 'diff') {
      return page(this._branch(rest[1]!).changes);
    }
    if (second === 'refs' && rest[0] === 'merge' && rest[2] === 'preview') {
      if (!this.preview) {
        throw new RequestError(501, 'This service tells nothing before a merge.');
      }
      return { source_commit_id: 'c0', destination_commit_id: 'c0', conflicts: [], ...this.preview };
    }
    if (second === 'refs' && rest[0] === 'merge') {
      const heads = { source_commit_id: this._head(name), destination_commit_id: this._head(rest[1]!) };
      if (method === 'GET') {
        return { ...heads, base_commit_id: 'c0' };
      }
      const sides = (initial.json as { sides?: { path: string }[] }).sides ?? [];
      const open = this.conflicts.filter(path => !sides.some(side => side.path === path));
      if (open.length > 0) {
        throw new RequestError(409, 'Both sides changed them.', { conflicts: open });
      }
      return { reference: 'c9' };
    }
    throw new RequestError(404, `There is nothing at ${method} /${path.join('/')}.`);
  }

  /** The objects of `contents` below a prefix, without folders. */
  private _listed(prefix: string): ObjectStats[] {
    return [...this.contents]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, content]) => objectStats(path, content.length));
  }

  private _state(name: string): BranchState {
    const { changes, token } = this._branch(name);
    return {
      branch: name,
      commit_id: this._head(name),
      change_token: `${name}-${token}`,
      uncommitted: changes.length,
      uncommitted_more: false
    };
  }

  private _branch(name: string): FakeBranch {
    const branch = this.branches.get(name.replace(/@$/, ''));
    if (!branch) {
      throw new RequestError(404, `There is no branch ${name}.`);
    }
    return branch;
  }

  private _head(name: string): string {
    return this._branch(name).commits[0]!.id;
  }
}

const PAGINATION: Pagination = { has_more: false, next_offset: '', results: 0, max_per_page: 1000 };

function page<T>(results: T[]): { results: T[]; pagination: Pagination } {
  return { results, pagination: { ...PAGINATION, results: results.length } };
}
