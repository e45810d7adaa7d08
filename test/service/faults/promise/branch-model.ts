import type { Specification, Timed } from './linearize';

/** Objects by path; of each its ETag, which stands for the content. */
export type Objects = Map<string, string>;
/** Uncommitted changes; null for a path that is removed. */
type Layer = Map<string, string | null>;

/** What moved a branch, as the service's operation log has it, oldest first. */
export interface LoggedMove {
  id: string;
  verb: string;
  from: string | null;
  to: string | null;
  undoes: string | null;
}

/** What a client did, and how the service answered. A verb that seals first and moves the branch later is two. */
export type Deed =
  | {
      verb: 'put';
      path: string;
      etag: string;
      ifMatch?: string;
      ifNoneMatch?: boolean;
      outcome: 'done' | 'failed' | 'no-branch';
    }
  | { verb: 'delete'; path: string; outcome: 'done' | 'no-branch' }
  /** Null where there is no object, or no branch. */
  | { verb: 'read'; path: string; etag: string | null }
  /** One page with everything below the prefix; undefined where there is no branch. */
  | { verb: 'list'; prefix: string; objects: Objects | undefined }
  /** The commit that the branch stands on; null where there is no branch. */
  | { verb: 'head'; commit: string | null }
  | { verb: 'create'; commit: string; outcome: 'done' | 'exists' }
  | { verb: 'delete-branch'; outcome: 'done' | 'no-branch' }
  | { verb: 'reset'; path?: string; outcome: 'done' | 'moved' | 'no-branch' }
  | { verb: 'undo'; operation: string; outcome: 'done' | 'refused' }
  /** What commit, merge, hard reset, revert and cherry-pick begin with. */
  | {
      verb: 'seal';
      by: string;
      clean: boolean;
      outcome: 'done' | 'nothing' | 'uncommitted' | 'refused' | 'no-branch';
    }
  /** What they end with. */
  | { verb: 'publish'; by: string; move: string; commit: string; outcome: 'done' | 'moved' };

export type Operation = Deed & Timed & { client: number; what: string };

interface State {
  exists: boolean;
  /** Counts the branches of this name. */
  incarnation: number;
  commit: string;
  top: Layer;
  sealed: Layer;
  /** How many entries of the operation log came about. */
  logged: number;
  /** What undoing them needs, by id. */
  undoable: Map<string, { before: Standing | null; after: Standing | null; kept: Layer }>;
  undone: Set<string>;
  /** What verbs under way have sealed. */
  under: Map<string, { standing: string; sealed: Layer; commit: string }>;
  /** Counts what takes layers off from above: resets, deletions. */
  cuts: number;
}

interface Standing {
  incarnation: number;
  commit: string;
  top: Layer;
  sealed: Layer;
}

export interface BranchHistory {
  /** Where the branch stands at first; without, there is none. */
  start: string | undefined;
  /** Of the branch. */
  log: LoggedMove[];
  /** All objects of a commit. */
  contentOf(commit: string): Objects;
}

/**
 * A branch as DESIGN promises it, naively: a commit, sealed changes, changes on top. Where a verb takes effect in two
 * moments (seal, publish), so it does here: what is written in between stays uncommitted, and is lost in no case.
 */
export function branchModel({ start, log, contentOf }: BranchHistory): Specification<State, Operation> {
  const below = (state: State, path: string): string | null => {
    const sealed = state.sealed.get(path);
    return sealed === undefined ? (contentOf(state.commit).get(path) ?? null) : sealed;
  };
  const read = (state: State, path: string): string | null => {
    const top = state.top.get(path);
    return top === undefined ? below(state, path) : top;
  };
  const view = (state: State): Objects => {
    const all = new Map<string, string | null>([...contentOf(state.commit), ...state.sealed, ...state.top]);
    return new Map([...all].filter((entry): entry is [string, string] => entry[1] !== null));
  };

  /** The state after a move that the log has next; none if the log has another. */
  function moved(
    state: State,
    verb: string,
    after: Partial<State>,
    kept: Layer,
    undoes: string | null = null
  ): State[] {
    const entry = log[state.logged];
    const next: State = { ...state, ...after, logged: state.logged + 1 };
    const standing = (each: State): Standing | null =>
      each.exists
        ? { incarnation: each.incarnation, commit: each.commit, top: each.top, sealed: each.sealed }
        : null;
    const [before, now] = [standing(state), standing(next)];
    if (
      entry?.verb !== verb ||
      entry.from !== (before?.commit ?? null) ||
      entry.to !== (now?.commit ?? null) ||
      entry.undoes !== undoes
    ) {
      return [];
    }
    const undoable = new Map(state.undoable).set(entry.id, { before, after: now, kept });
    return [{ ...next, undoable }];
  }

  const uncommitted = (state: State): boolean =>
    [...state.sealed, ...state.top].some(
      ([path]) => read(state, path) !== (contentOf(state.commit).get(path) ?? null)
    );
  const standingOf = (state: State) => `${state.incarnation} ${state.commit} ${state.cuts}`;
  const EMPTY: Layer = new Map();

  function undo(state: State, id: string): State[] {
    const operation = state.undoable.get(id)!;
    const entry = log.find(each => each.id === id)!;
    const undone = new Set(state.undone).add(id);
    if (entry.verb === 'delete-branch') {
      return moved(state, 'undo', { ...operation.before!, exists: true, undone }, EMPTY, id);
    }
    if (entry.verb === 'create-branch') {
      return moved(state, 'undo', { exists: false, undone, cuts: state.cuts + 1 }, EMPTY, id);
    }
    const restaged =
      entry.verb === 'commit' ? difference(contentOf(entry.from!), contentOf(entry.to!)) : operation.kept;
    const sealed: Layer = new Map([...restaged, ...state.sealed]);
    return moved(state, 'undo', { commit: operation.before!.commit, sealed, undone }, EMPTY, id);
  }

  /** Whether an operation can be taken back now. */
  function canUndo(state: State, id: string): boolean {
    const operation = state.undoable.get(id);
    const verb = log.find(each => each.id === id)!.verb;
    if (!operation || verb === 'undo' || state.undone.has(id)) {
      return false;
    }
    if (verb === 'delete-branch') {
      return !state.exists;
    }
    const { after } = operation;
    const stands = state.exists && state.incarnation === after!.incarnation && state.commit === after!.commit;
    return stands && (verb !== 'create-branch' || !uncommitted(state));
  }

  function apply(state: State, deed: Operation): State[] {
    const if_ = (condition: boolean, ...states: State[]) => (condition ? states : []);
    switch (deed.verb) {
      case 'put': {
        if (deed.outcome === 'no-branch' || !state.exists) {
          return if_(deed.outcome === 'no-branch' && !state.exists, state);
        }
        const present = read(state, deed.path);
        const holds =
          (!deed.ifNoneMatch || present === null) && (deed.ifMatch === undefined || present === deed.ifMatch);
        return deed.outcome === 'failed'
          ? if_(!holds, state)
          : if_(holds, { ...state, top: new Map(state.top).set(deed.path, deed.etag) });
      }
      case 'delete': {
        if (deed.outcome === 'no-branch' || !state.exists) {
          return if_(deed.outcome === 'no-branch' && !state.exists, state);
        }
        const top = new Map(state.top);
        if (below(state, deed.path) === null) {
          top.delete(deed.path);
        } else {
          top.set(deed.path, null);
        }
        return [{ ...state, top }];
      }
      case 'read':
        return if_((state.exists ? read(state, deed.path) : null) === deed.etag, state);
      case 'list': {
        if (!deed.objects || !state.exists) {
          return if_(!deed.objects && !state.exists, state);
        }
        const expected = [...view(state)].filter(([path]) => path.startsWith(deed.prefix));
        return if_(keyOfMap(new Map(expected)) === keyOfMap(deed.objects), state);
      }
      case 'head':
        return if_((state.exists ? state.commit : null) === deed.commit, state);
      case 'create': {
        if (deed.outcome === 'exists' || state.exists) {
          return if_(deed.outcome === 'exists' && state.exists, state);
        }
        const incarnation =
          1 + Math.max(0, ...[...state.undoable.values()].map(each => each.after?.incarnation ?? 0));
        const fresh = { exists: true, incarnation, commit: deed.commit, top: EMPTY, sealed: EMPTY };
        return moved(state, 'create-branch', fresh, EMPTY);
      }
      case 'delete-branch':
        return deed.outcome === 'no-branch' || !state.exists
          ? if_(deed.outcome === 'no-branch' && !state.exists, state)
          : moved(state, 'delete-branch', { exists: false, cuts: state.cuts + 1 }, EMPTY);
      case 'reset':
        return reset(state, deed);
      case 'undo':
        return deed.outcome === 'refused'
          ? if_(!canUndo(state, deed.operation), state)
          : canUndo(state, deed.operation)
            ? undo(state, deed.operation)
            : [];
      case 'seal': {
        if (deed.outcome === 'no-branch' || !state.exists) {
          return if_(deed.outcome === 'no-branch' && !state.exists, state);
        }
        const sealed: Layer = new Map([...state.sealed, ...state.top]);
        const next = { ...state, sealed, top: EMPTY };
        const dirty = uncommitted(state);
        if (deed.outcome === 'nothing' || deed.outcome === 'uncommitted') {
          return if_(dirty === (deed.outcome === 'uncommitted'), next);
        }
        if (deed.outcome === 'refused') {
          return if_(!deed.clean || !dirty, next);
        }
        const under = new Map(state.under).set(deed.by, {
          standing: standingOf(state),
          sealed,
          commit: state.commit
        });
        return if_(!deed.clean || !dirty, { ...next, under });
      }
      case 'publish':
        return publish(state, deed);
    }
  }

  function reset(state: State, deed: Deed & { verb: 'reset' }): State[] {
    if (deed.outcome === 'moved') {
      return [state];
    }
    if (deed.outcome === 'no-branch' || !state.exists) {
      return deed.outcome === 'no-branch' && !state.exists ? [state] : [];
    }
    const all: Layer = new Map([...state.sealed, ...state.top]);
    if (deed.path === undefined) {
      return moved(state, 'reset', { top: EMPTY, sealed: EMPTY, cuts: state.cuts + 1 }, all);
    }
    const { path } = deed;
    const without = (layer: Layer) => new Map([...layer].filter(([each]) => each !== path));
    const kept: Layer = new Map([...all].filter(([each]) => each === path));
    const after = { top: without(state.top), sealed: without(state.sealed) };
    // Where nothing is staged there, it need not be logged.
    return [...moved(state, 'reset', after, kept), ...(kept.size === 0 ? [state] : [])];
  }

  function publish(state: State, deed: Deed & { verb: 'publish' }): State[] {
    const sealedThen = state.under.get(deed.by)!;
    const under = new Map(state.under);
    under.delete(deed.by);
    const same = state.exists && sealedThen.standing === standingOf(state);
    if (deed.outcome === 'moved') {
      return same ? [] : [{ ...state, under }];
    }
    const cut = !same && sealedThen.sealed.size === 0 && state.exists && state.commit === sealedThen.commit;
    if (!same && !cut) {
      return [];
    }
    if (deed.move === 'commit') {
      const committed = new Map<string, string | null>([
        ...contentOf(sealedThen.commit),
        ...sealedThen.sealed
      ]);
      const objects = new Map([...committed].filter((entry): entry is [string, string] => entry[1] !== null));
      if (keyOfMap(objects) !== keyOfMap(contentOf(deed.commit))) {
        return [];
      }
    }
    return moved(state, deed.move, { commit: deed.commit, sealed: EMPTY, under }, EMPTY);
  }

  return {
    initial: {
      exists: start !== undefined,
      incarnation: 1,
      commit: start ?? '',
      top: EMPTY,
      sealed: EMPTY,
      logged: 0,
      undoable: new Map(),
      undone: new Set(),
      under: new Map(),
      cuts: 0
    },
    apply,
    keyOf: state =>
      [
        state.exists,
        standingOf(state),
        state.logged,
        keyOfMap(state.top),
        keyOfMap(state.sealed),
        [...state.under].map(([by, { standing, sealed }]) => `${by} ${standing} ${keyOfMap(sealed)}`).join(),
        // What undoing brings back may differ where all else is the same.
        [...state.undoable.values()]
          .map(({ before, kept }) => `${keyOfStanding(before)} ${keyOfMap(kept)}`)
          .join()
      ].join(' ')
  };
}

function keyOfStanding(standing: Standing | null): string {
  return standing ? `${keyOfMap(standing.top)} ${keyOfMap(standing.sealed)}` : '';
}

/** What makes one set of objects of another. */
function difference(from: Objects, to: Objects): Layer {
  const changed: Layer = new Map([...to].filter(([path, etag]) => from.get(path) !== etag));
  for (const path of from.keys()) {
    if (!to.has(path)) {
      changed.set(path, null);
    }
  }
  return changed;
}

export function keyOfMap(map: ReadonlyMap<string, string | null>): string {
  return [...map]
    .map(([path, etag]) => `${path}=${etag}`)
    .sort()
    .join();
}
