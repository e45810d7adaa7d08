import { statSync } from 'node:fs';

/** One thing that a request makes of a place, and how long the recording was when it was sent and when answered. */
interface Change {
  value: string | null;
  sent: number;
  answered: number;
}

/** What a run of the service acknowledged, and at which point of the recording. */
export interface Acknowledged {
  /** When the service said that it was ready. */
  ready: number;
  /** Each anything with a value that one client at a time changes: an object of a branch, a branch, a tag. */
  places: Map<string, Change[]>;
}

/** Takes down what is acknowledged while a service is being recorded. */
export class Witness implements Acknowledged {
  readonly places = new Map<string, Change[]>();
  ready = Infinity;

  constructor(private readonly log: string) {}

  /** Does a request that makes `changes` of places. One that fails may have made them or not. */
  async during<T>(changes: [place: string, value: string | null][], request: () => Promise<T>): Promise<T> {
    const sent = this.now();
    const noted = changes.map(([place, value]) => {
      const change = { value, sent, answered: Infinity };
      this.places.set(place, [...(this.places.get(place) ?? []), change]);
      return change;
    });
    const answer = await request();
    const answered = this.now();
    noted.forEach(change => (change.answered = answered));
    return answer;
  }

  /** How long the recording is. */
  now(): number {
    return statSync(this.log).size;
  }
}

/** What a place may hold when the power goes at `end`: the last acknowledged value, or one on its way then. */
export function allowed(changes: Change[], end: number): (string | null)[] {
  const last = changes.findLastIndex(({ answered }) => answered <= end);
  const underWay = changes.slice(last + 1).filter(({ sent }) => sent <= end);
  return [last < 0 ? null : changes[last]!.value, ...underWay.map(({ value }) => value)];
}
