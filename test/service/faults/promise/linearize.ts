/** One operation as a client saw it: it took effect at one moment between `begin` and `end`, all counted alike. */
export interface Timed {
  begin: number;
  end: number;
}

/** How a sequential object behaves. */
export interface Specification<S, O extends Timed> {
  initial: S;
  /** The states after `operation`, if from this state it can have ended as it did; none if it cannot. */
  apply(state: S, operation: O): S[];
  /** Equal for equal states. */
  keyOf(state: S): string;
}

export interface Verdict<O> {
  linearizable: boolean;
  /** For a person who looks for the reason: the longest order that was found, and what each client did next. */
  order: O[];
  stuck: O[];
}

/** A state of the search: as each client does one thing after another, how far each of them has come. */
interface Place<S, O> {
  at: number[];
  done: number;
  state: S;
  last?: { operation: O; before: Place<S, O> };
}

/**
 * Whether there is an order of all operations, each at a moment between its begin and its end, in which a sequential
 * object would have answered like that: the search of Wing and Gong (1993), with Lowe's memory of what was tried.
 */
export function linearize<S, O extends Timed>(
  clients: O[][],
  { initial, apply, keyOf }: Specification<S, O>
): Verdict<O> {
  const tried = new Set<string>();
  const total = clients.reduce((sum, operations) => sum + operations.length, 0);
  const start: Place<S, O> = { at: clients.map(() => 0), done: 0, state: initial };
  const pending = [start];
  let longest = start;
  for (let place = pending.pop(); place; place = pending.pop()) {
    const { at, done, state } = place;
    const key = `${at.join()} ${keyOf(state)}`;
    if (tried.has(key)) {
      continue;
    }
    tried.add(key);
    if (done > longest.done) {
      longest = place;
    }
    if (done === total) {
      break;
    }
    const heads = clients.map((operations, client) => operations[at[client]!]);
    const firstEnd = Math.min(...heads.map(operation => operation?.end ?? Infinity));
    for (const [client, operation] of heads.entries()) {
      if (operation && operation.begin <= firstEnd) {
        const after = at.map((each, i) => (i === client ? each + 1 : each));
        const last = { operation, before: place };
        pending.push(...apply(state, operation).map(state => ({ at: after, done: done + 1, state, last })));
      }
    }
  }
  const order: O[] = [];
  for (let { last } = longest; last; { last } = last.before) {
    order.unshift(last.operation);
  }
  const stuck = clients.flatMap((operations, client) => operations[longest.at[client]!] ?? []);
  return { linearizable: longest.done === total, order, stuck };
}
