import type { Kv, KvRange, KvRecord } from '../../../../src/service/kv/kv';

/** A place for one store: opened as often as one likes, removed at the end. */
export interface KvPlace {
  open(): Promise<Kv>;
  remove(): Promise<void>;
  /** How a process of its own opens the same store: kind and place, as `child.ts` takes them. */
  child: [kind: string, where: string];
}

/** The store of the test that runs. */
export class Here {
  kv!: Kv;
  place!: KvPlace;

  async open(place: KvPlace): Promise<void> {
    this.place = place;
    this.kv = await place.open();
  }

  /** Closes the store, if it is open, and opens it again. */
  async reopen(): Promise<void> {
    await this.kv.close();
    this.kv = await this.place.open();
  }

  async remove(): Promise<void> {
    await this.kv.close();
    await this.place.remove();
  }
}

export const key = (text: string): Buffer => Buffer.from(text);
export const keysOf = (records: KvRecord[]): string[] => records.map(record => record.key.toString('latin1'));
export const get = (kv: Kv, name: Buffer): Promise<KvRecord | undefined> =>
  kv.snapshot(reader => reader.get(name));
export const scan = (kv: Kv, range: KvRange): Promise<KvRecord[]> =>
  kv.snapshot(reader => reader.scan(range));
