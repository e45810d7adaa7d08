import { Here } from './conformance/here';
import type { KvPlace } from './conformance/here';
import { lifeConforms } from './conformance/life';
import { readsConform } from './conformance/reads';
import { writesConform } from './conformance/writes';

/** What every implementation of Kv promises. `place` makes an empty, separate store for each test. */
export function kvConformance(name: string, place: () => Promise<KvPlace>): void {
  describe(`${name} keeps the promises of a key-value store`, () => {
    const here = new Here();
    beforeEach(async () => here.open(await place()));
    afterEach(() => here.remove());

    writesConform(here);
    readsConform(here);
    lifeConforms(here);
  });
}
