import type { RowsProgress, RowsResult } from '../../../src/protocol/databranch.js';
import { CatalogError } from '../../../src/service/catalog/errors.js';
import type { Rows } from '../../../src/service/rows/rows.js';
import { BASIC, Service } from './service.js';

const COUNT = '/databranch/repositories/lake/refs/main/rows';
const COMPARE = '/databranch/repositories/lake/refs/main/rows/dev';
const EVENTS = { accept: 'text/event-stream' };

/** What the rows room was asked, and what it shall do. */
class ScriptedRows implements Pick<Rows, 'count' | 'compare' | 'close'> {
  asked: unknown[] = [];
  script: (signal?: AbortSignal, onProgress?: (progress: RowsProgress) => void) => Promise<object> =
    async () => ({});

  count(...[repository, ref, query, observed]: Parameters<Rows['count']>): Promise<RowsResult> {
    this.asked = [repository, ref, query];
    return this.script(observed?.signal, observed?.onProgress) as Promise<RowsResult>;
  }

  compare(
    ...[repository, left, right, query, observed]: Parameters<Rows['compare']>
  ): ReturnType<Rows['compare']> {
    this.asked = [repository, left, right, query];
    return this.script(observed?.signal, observed?.onProgress) as ReturnType<Rows['compare']>;
  }

  async close(): Promise<void> {}
}

describe('our additions', () => {
  const rows = new ScriptedRows();
  let service: Service;
  let held = 0;
  let leaseChanged = () => {};
  beforeEach(async () => {
    const leases = {
      open: () => {
        held++;
        return () => {
          held--;
          leaseChanged();
        };
      }
    };
    service = await Service.start({ rows: rows as unknown as Rows, leases });
    await service.lake();
  });
  afterEach(() => service.stop());

  /** Reads an event stream to its end. */
  const eventsOf = (text: string) =>
    text
      .split('\n\n')
      .filter(block => block.startsWith('event:'))
      .map(block => {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block)!;
        return [event, JSON.parse(data!)];
      });

  test("a branch's state changes with its commit and its uncommitted changes", async () => {
    const state = async () =>
      (await service.call('GET /databranch/repositories/lake/branches/main/state')).body;
    const empty = await state();
    expect(empty).toEqual({
      branch: 'main',
      commit_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      change_token: expect.any(String),
      uncommitted: 0,
      uncommitted_more: false
    });
    expect(await state()).toEqual(empty);
    await service.put('a', '1');
    const written = await state();
    expect(written).toMatchObject({ commit_id: empty.commit_id, uncommitted: 1 });
    expect(written.change_token).not.toBe(empty.change_token);
    await service.commit('a');
    const committed = await state();
    expect(committed.uncommitted).toBe(0);
    expect(committed.commit_id).not.toBe(empty.commit_id);
    expect((await service.call('GET /databranch/repositories/lake/branches/none/state')).status).toBe(404);
  });

  test('changes of several objects are discarded, and nothing else', async () => {
    const discard = (body: object) =>
      service.call('POST /databranch/repositories/lake/branches/main/discard', body);
    for (const path of ['a', 'b', 'c']) {
      await service.put(path, '1');
    }
    expect((await discard({ paths: ['a', 'c'] })).status).toBe(204);
    const { results } = (await service.call('GET /repositories/lake/branches/main/diff')).body;
    expect(results.map(({ path }: { path: string }) => path)).toEqual(['b']);
    expect((await discard({})).status).toBe(400);
    expect((await discard({ paths: [] })).status).toBe(400);
    expect((await discard({ paths: [''] })).status).toBe(400);
    expect((await discard({ paths: Array(1001).fill('a') })).status).toBe(400);
  });

  test('rows are counted and compared as asked', async () => {
    rows.script = async () => ({ rows: 486_000 });
    expect((await service.call(`GET ${COUNT}`)).body).toEqual({ rows: 486_000 });
    expect(rows.asked).toEqual(['lake', 'main', { path: '' }]);
    await service.call(`GET ${COUNT}?path=reviews/&after=x&amount=5`);
    expect(rows.asked).toEqual(['lake', 'main', { path: 'reviews/', after: 'x', amount: 5 }]);
    await service.call(`GET ${COMPARE}?path=p&left_path=a.csv&right_path=b/`);
    expect(rows.asked).toEqual(['lake', 'main', 'dev', { path: 'p', leftPath: 'a.csv', rightPath: 'b/' }]);
  });

  test('with events, progress comes before the result', async () => {
    rows.script = async (_signal, onProgress) => {
      // At one instant, however busy the machine is.
      const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
      onProgress?.({ files_done: 1, files_total: 8 });
      onProgress?.({ files_done: 2, files_total: 8 });
      clock.mockRestore();
      return { rows: 486_000 };
    };
    const { status, headers, body } = await service.call(`GET ${COUNT}`, undefined, EVENTS);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    // The second progress comes too soon after the first to be worth a message.
    expect(eventsOf(body)).toEqual([
      ['progress', { files_done: 1, files_total: 8 }],
      ['result', { rows: 486_000 }]
    ]);
  });

  test('a refusal is an ordinary answer before the first event, and an event after it', async () => {
    const missing = new CatalogError('ref-not-found', 'There is no ref "dev".');
    rows.script = async () => Promise.reject(missing);
    expect(await service.call(`GET ${COMPARE}`, undefined, EVENTS)).toMatchObject({
      status: 404,
      body: { message: 'There is no ref "dev".' }
    });
    rows.script = async (_signal, onProgress) => {
      onProgress?.({ files_done: 1, files_total: 8 });
      throw missing;
    };
    const { body } = await service.call(`GET ${COMPARE}`, undefined, EVENTS);
    expect(eventsOf(body)[1]).toEqual(['error', { status: 404, message: 'There is no ref "dev".' }]);
  });

  test.each([
    ['JSON', {}],
    ['events', EVENTS]
  ])('work for %s stops when the client leaves', async (_, accept) => {
    const leave = new AbortController();
    const stopped = new Promise<void>(resolve => {
      rows.script = (signal, onProgress) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => {
            resolve();
            onProgress?.({ files_done: 1, files_total: 2 });
            reject(signal!.reason);
          });
          leave.abort();
        });
    });
    const headers = { authorization: BASIC, ...accept };
    const asked = fetch(`${service.url}/api/v1${COUNT}`, { headers, signal: leave.signal });
    await expect(asked).rejects.toThrow();
    await stopped;
    expect((await service.call('GET /user')).status).toBe(200);
    expect(service.lines.filter(line => line.includes('"level":50'))).toEqual([]);
  });

  test('a lease lasts as long as its connection', async () => {
    const leave = new AbortController();
    const headers = { authorization: BASIC };
    const lease = await fetch(`${service.url}/api/v1/databranch/lease`, { headers, signal: leave.signal });
    const { value } = await lease.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toBe('event: lease\ndata: {}\n\n');
    expect(held).toBe(1);
    const changed = new Promise<void>(resolve => (leaseChanged = resolve));
    leave.abort();
    await changed;
    expect(held).toBe(0);
  });

  test('a stop ends leases', async () => {
    const lease = await fetch(`${service.url}/api/v1/databranch/lease`, {
      headers: { authorization: BASIC }
    });
    await service.server.close();
    expect(await lease.text()).toBe('event: lease\ndata: {}\n\n');
    expect(held).toBe(0);
  });

  test('a service without these parts says so', async () => {
    const bare = await Service.start();
    for (const path of [COUNT, COMPARE, '/databranch/lease']) {
      expect((await bare.call(`GET ${path}`)).status).toBe(501);
    }
    await bare.stop();
  });
});
