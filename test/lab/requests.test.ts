import { ServerConnection } from '@jupyterlab/services';
import { RequestError, Requests } from '../../src/lab/requests';

/** Requests whose answers a test makes up; `sent` holds what went out. */
function requestsAnswering(answer: (request: Request) => Response | Promise<Response>): {
  requests: Requests;
  sent: Request[];
} {
  const sent: Request[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://lab/user/ann/',
    token: 'jupyter',
    fetch: async (input: RequestInfo | URL) => {
      sent.push(input as Request);
      return answer(input as Request);
    }
  });
  return { requests: new Requests(settings), sent };
}

test('a request goes to the Jupyter server, every part of its path escaped', async () => {
  const { requests, sent } = requestsAnswering(() => Response.json({ ok: true }));
  const query = { path: 'a b/ü.csv', after: undefined, objects: ['x', 'y'] };
  const answer = await requests.send(['repositories', 'r', 'refs', 'main~1/x'], { query });
  expect(answer).toEqual({ ok: true });
  expect(sent[0]!.url).toBe(
    'http://lab/user/ann/databranch/api/v1/repositories/r/refs/main~1%2Fx?path=a+b%2F%C3%BC.csv&objects=x&objects=y'
  );
  expect(sent[0]!.headers.get('Authorization')).toBe('token jupyter');
});

test('a body of JSON and a file each go with their type', async () => {
  const { requests, sent } = requestsAnswering(() => new Response('{}'));
  await requests.send(['a'], { method: 'POST', json: { name: 'x' } });
  await requests.send(['a'], { method: 'POST', body: new Blob(['bytes']) });
  expect(sent.map(({ headers }) => headers.get('Content-Type'))).toEqual([
    'application/json',
    'application/octet-stream'
  ]);
  expect(await sent[0]!.json()).toEqual({ name: 'x' });
});

test('a refusal carries status, sentence and what else the answer holds', async () => {
  const { requests } = requestsAnswering(() =>
    Response.json({ message: 'Both changed it.', conflicts: ['a'] }, { status: 409 })
  );
  const error = await requests.send(['a']).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ status: 409, message: 'Both changed it.', data: { conflicts: ['a'] } });
});

test("a proxy's error page is an error without a sentence of ours", async () => {
  const { requests } = requestsAnswering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
  await expect(requests.send(['a'])).rejects.toMatchObject({ status: 502, message: '' });
});

test('no answer at all is status 0', async () => {
  const { requests } = requestsAnswering(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(requests.send(['a'])).rejects.toMatchObject({ status: 0 });
});

test('an empty answer and one that is plain text are undefined', async () => {
  const { requests } = requestsAnswering(() => new Response(null, { status: 204 }));
  expect(await requests.send(['a'])).toBeUndefined();
  const text = requestsAnswering(() => new Response('test-env', { status: 201 }));
  expect(await text.requests.send(['a'])).toBeUndefined();
});

describe('an answer that tells how far it is', () => {
  const streamed = (...chunks: string[]): Response =>
    new Response(
      new ReadableStream({
        start(stream) {
          chunks.forEach(chunk => stream.enqueue(new TextEncoder().encode(chunk)));
          stream.close();
        }
      }),
      { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } }
    );

  test('is asked for as events, whose last one is the result', async () => {
    const { requests, sent } = requestsAnswering(() =>
      streamed(
        'event: progress\ndata: {"files_done":1,"fi',
        'les_total":3}\n\n:\n\nevent: progress\ndata: {"files_done":3,"files_total":3}\n',
        '\nevent: result\ndata: {"rows":"ü"}\n\n'
      )
    );
    const told: unknown[] = [];
    expect(await requests.send(['a'], { onProgress: progress => told.push(progress) })).toEqual({
      rows: 'ü'
    });
    expect(told).toEqual([
      { files_done: 1, files_total: 3 },
      { files_done: 3, files_total: 3 }
    ]);
    expect(sent[0]!.headers.get('Accept')).toBe('text/event-stream');
  });

  test('may be refused in the ordinary way, or by its last event', async () => {
    const onProgress = (): void => undefined;
    const early = requestsAnswering(() => Response.json({ message: 'No such branch.' }, { status: 404 }));
    await expect(early.requests.send(['a'], { onProgress })).rejects.toMatchObject({ status: 404 });
    const late = requestsAnswering(() =>
      streamed('event: error\ndata: {"status":422,"message":"a.csv is broken.","path":"a.csv"}\n\n')
    );
    await expect(late.requests.send(['a'], { onProgress })).rejects.toMatchObject({
      status: 422,
      message: 'a.csv is broken.',
      data: { path: 'a.csv' }
    });
  });

  test('that ends without a result is no answer', async () => {
    const { requests } = requestsAnswering(() => streamed('event: progress\ndata: {}\n\n'));
    const onProgress = (): void => undefined;
    await expect(requests.send(['a'], { onProgress })).rejects.toMatchObject({ status: 0 });
  });
});

describe('a body whose way is told', () => {
  /** An exchange that a test drives, in place of the browser's. */
  class Exchange {
    static last: Exchange;
    readonly upload: { onprogress?(event: { loaded: number }): void } = {};
    readonly headers: Record<string, string> = {};
    opened: string[] = [];
    status = 0;
    responseText = '';
    onload?: () => void;
    onerror?: () => void;
    onabort?: () => void;
    sent?: Blob;
    constructor() {
      Exchange.last = this;
    }
    open(...opened: string[]): void {
      this.opened = opened;
    }
    setRequestHeader(name: string, value: string): void {
      this.headers[name] = value;
    }
    send(body: Blob): void {
      this.sent = body;
    }
    abort(): void {
      this.onabort?.();
    }
  }

  const browsers = globalThis.XMLHttpRequest;
  beforeEach(() => void (globalThis.XMLHttpRequest = Exchange as unknown as typeof XMLHttpRequest));
  afterEach(() => void (globalThis.XMLHttpRequest = browsers));

  const body = new Blob(['bytes']);
  const begin = (signal?: AbortSignal): { told: number[]; answer: Promise<unknown> } => {
    const { requests } = requestsAnswering(() => Promise.reject(new Error('not by fetch')));
    const told: number[] = [];
    const onSent = (bytes: number): void => void told.push(bytes);
    return { told, answer: requests.send(['a'], { method: 'POST', body, onSent, signal }) };
  };

  test('goes with what Jupyter asks for, and the answer comes as any other', async () => {
    const { told, answer } = begin();
    const { last } = Exchange;
    expect(last.opened).toEqual(['POST', 'http://lab/user/ann/databranch/api/v1/a']);
    expect(last.headers).toMatchObject({
      authorization: 'token jupyter',
      'content-type': 'application/octet-stream'
    });
    expect(last.sent).toBe(body);
    last.upload.onprogress!({ loaded: 3 });
    Object.assign(last, { status: 201, responseText: '{"path":"a"}' });
    last.onload!();
    expect(await answer).toEqual({ path: 'a' });
    expect(told).toEqual([3]);
  });

  test('fails as any other: refused, without an answer, given up', async () => {
    const refused = begin().answer;
    Object.assign(Exchange.last, { status: 507, responseText: '{"message":"The disk is full."}' });
    Exchange.last.onload!();
    await expect(refused).rejects.toMatchObject({ status: 507, message: 'The disk is full.' });
    const lost = begin().answer;
    Exchange.last.onerror!();
    await expect(lost).rejects.toMatchObject({ status: 0 });
    const given = new AbortController();
    const up = begin(given.signal).answer;
    given.abort();
    await expect(up).rejects.toMatchObject({ name: 'AbortError' });
  });
});
