/** What the browser's developer tools call scripting, garbage collection included. */
const SCRIPTING =
  /^(EventDispatch|FunctionCall|EvaluateScript|RunMicrotasks|FireAnimationFrame|TimerFire|v8\.|MinorGC|MajorGC|V8\.GC)/;

/**
 * The scripting on the main thread after each scroll event, until the next one, in CPU time: what other programs take
 * from it meanwhile does not count.
 *
 * @param {{ name: string, ph: string, ts: number, dur?: number, tdur?: number, pid: number, tid: number,
 *   args: object }[]} events of a trace; times in microseconds, `tdur` of the thread
 * @returns {number[]} milliseconds, for each scroll event but the last
 */
export function scriptingPerScroll(events) {
  const scrolls = events.filter(({ name, args }) => name === 'EventDispatch' && args.data?.type === 'scroll');
  const [{ pid, tid }] = scrolls;
  const tasks = events.filter(event => event.ph === 'X' && event.pid === pid && event.tid === tid);
  const scripting = ownTimes(tasks).filter(({ event }) => SCRIPTING.test(event.name));
  const starts = scrolls.map(({ ts }) => ts).sort((a, b) => a - b);
  return starts.slice(0, -1).map((start, i) => {
    const own = scripting.filter(({ event: { ts } }) => ts >= start && ts < starts[i + 1]);
    return own.reduce((sum, { time }) => sum + time, 0) / 1000;
  });
}

/** The time of each event less that of the events in it: a layout that a script forces is no scripting. */
function ownTimes(events) {
  const open = [];
  const times = events
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    .map(event => ({ event, time: event.tdur ?? event.dur ?? 0 }));
  for (const own of times) {
    while (open.length > 0 && open.at(-1).event.ts + open.at(-1).event.dur <= own.event.ts) {
      open.pop();
    }
    if (open.length > 0) {
      open.at(-1).time -= own.time;
    }
    open.push(own);
  }
  return times;
}

/**
 * The share of functions of scripts of which `isOurs` is true, and of whatever these call, in what a thread did. Not of
 * JupyterLab's modules, which it evaluates with or without us: whoever comes first to them has them evaluated.
 *
 * @param {object} profile a CPU profile of the DevTools protocol
 */
export function shareOf({ nodes, samples }, isOurs) {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const ours = new Set();
  const mark = (node, isBelow) => {
    const { url, functionName } = node.callFrame;
    const counts = isOurs(url) || (isBelow && functionName !== '__webpack_require__');
    if (counts) {
      ours.add(node.id);
    }
    (node.children ?? []).forEach(child => mark(byId.get(child), counts));
  };
  mark(nodes[0], false);
  const busy = samples.filter(id => byId.get(id).callFrame.functionName !== '(idle)');
  return busy.filter(id => ours.has(id)).length / busy.length;
}
