import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { sandboxRendererFactory } from '../../../src/lab/notebook/sandbox-output';
import type { RequestInitial } from '../../../src/lab/requests';
import { RequestError } from '../../../src/lab/requests';
import type { SandboxPayload } from '../../../src/lab/rows/sandbox-payload';
import { SANDBOX_MIME_TYPE } from '../../../src/lab/rows/sandbox-payload';
import { act } from '../act';
import { comparison } from '../fake-data';
import { FakeService } from '../fake-service';
import { labOn } from '../lab';
import { allByRole, byRole, click, show } from '../screen';

const PATH = '/databranch/repositories/quickstart/sandboxes/sandbox-7f3a';

const PAYLOAD: SandboxPayload = {
  repository: 'quickstart',
  branch: 'sandbox-7f3a',
  source: 'main',
  into: 'main',
  expires_at: Date.now() / 1_000 + 86_400 * 6.5,
  seconds: 6.2,
  failed: false,
  kept: true,
  datasets: [comparison({ right_rows: 972_000 })],
  objects: { count: 9, more: false, first: [{ type: 'added', path: 'reviews/part-8.parquet' }] },
  refused: [{ repository: 'quickstart', branch: 'main', path: 'reviews/', request: 'PUT …' }],
  refused_more: false,
  untouched: true,
  notes: [],
  made_from: { cell: 'kernel-says' }
};

/** The fake, and one sandbox on it. */
class ServiceWithSandbox extends FakeService {
  isThere = true;
  override conflicts: string[] = [];

  override async send<T>(path: readonly string[], initial: RequestInitial = {}): Promise<T> {
    if (!path.includes('sandboxes')) {
      return super.send(path, initial);
    }
    const method = initial.method ?? 'GET';
    this.requests.push(`${method} /${path.join('/')}`);
    if (!this.isThere) {
      throw new RequestError(404, 'There is no branch "sandbox-7f3a".');
    }
    if (method === 'GET') {
      return { branch: 'sandbox-7f3a', commit_id: 'c0', expires_at: 0 } as T;
    }
    const asked = initial.json as { strategy?: string } | undefined;
    this.bodies.push(asked);
    if (path.at(-1) === 'merge' && this.conflicts.length > 0 && asked?.strategy === undefined) {
      throw new RequestError(409, 'Conflicts.', { conflicts: this.conflicts });
    }
    this.isThere = false;
    return { reference: 'c1234567890abcdef' } as T;
  }
}

let service: ServiceWithSandbox;
/** What the notebook keeps. */
let kept: SandboxPayload;

beforeEach(() => void (service = new ServiceWithSandbox()));
afterEach(() => document.body.replaceChildren());

async function render(payload: unknown): Promise<HTMLElement> {
  const factory = sandboxRendererFactory(labOn(service), () => ({ notebook: 'work.ipynb' }));
  const renderer = factory.createRenderer({ mimeType: SANDBOX_MIME_TYPE } as IRenderMime.IRendererOptions);
  await show(renderer);
  const model = {
    data: { [SANDBOX_MIME_TYPE]: payload } as Record<string, unknown>,
    setData: ({ data }: { data: Record<string, unknown> }) => {
      model.data = data;
      kept = data[SANDBOX_MIME_TYPE] as SandboxPayload;
    }
  };
  await act(() => void renderer.renderModel(model as never));
  return renderer.node;
}

test('the card names what was refused, what the rows came to, and that main was not touched', async () => {
  const card = await render(PAYLOAD);
  const [refused, finding] = allByRole('note', card).map(note => note.textContent);
  expect(refused).toBe('1 write elsewhere was refused:reviews/ on main');
  expect(finding).toBe('Merging would add 486,000 duplicate rows.');
  expect(card.textContent).toContain('from main · ran 6.2 s · main was not touched');
  expect(card.textContent).toContain('9 objects changed');
  expect(card.textContent).toContain('and 8 more');
  expect(card.textContent).toContain('7 days left');
});

test('a merge carries notebook and cell, and the notebook keeps what became of it', async () => {
  const card = await render(PAYLOAD);
  await click(byRole('button', 'Merge into main', card));
  expect(service.bodies.at(-1)).toMatchObject({
    destination: 'main',
    metadata: { notebook: 'work.ipynb', cell: 'kernel-says' }
  });
  expect(kept.outcome).toEqual({ verb: 'merged', branch: 'main', commit: 'c1234567890abcdef' });
  expect(card.textContent).toContain('Merged into main: commit c123456789.');
  expect(allByRole('button', card)).toEqual([]);
});

test('a conflict names the paths and offers both sides', async () => {
  service.conflicts = ['reviews/part-0.parquet'];
  const card = await render(PAYLOAD);
  await click(byRole('button', 'Merge into main', card));
  expect(allByRole('alert', card)[0]!.textContent).toContain('reviews/part-0.parquet');
  await click(byRole('button', 'Take those of main', card));
  expect(service.bodies.at(-1)).toMatchObject({ strategy: 'dest-wins' });
  expect(kept.outcome?.verb).toBe('merged');
});

test('what fails says why and can be tried again', async () => {
  const card = await render(PAYLOAD);
  service.isThere = false;
  await click(byRole('button', 'Discard', card));
  expect(allByRole('alert', card)[0]!.textContent).toBe('There is no branch "sandbox-7f3a".');
  service.isThere = true;
  await click(byRole('button', 'Discard', card));
  expect(card.textContent).toContain('Discarded.');
});

test('a sandbox that is gone says so, with what is known of it', async () => {
  service.isThere = false;
  expect((await render(PAYLOAD)).textContent).toContain('This sandbox is gone');
  const outcome = { verb: 'kept', branch: 'cleaned' };
  expect((await render({ ...PAYLOAD, outcome })).textContent).toContain('Kept as branch cleaned.');
  expect(service.requests).toContain(`GET ${PATH}`);
});

test('a card of an untouched sandbox, or of another version, has nothing to press and asks nothing', async () => {
  const empty = await render({
    ...PAYLOAD,
    kept: false,
    datasets: null,
    objects: { count: 0, more: false, first: [] }
  });
  expect(empty.textContent).toContain('Nothing was written');
  const strange = await render({ repository: 'quickstart' });
  expect(strange.textContent).toContain('another version');
  expect([...allByRole('button', empty), ...allByRole('button', strange)]).toEqual([]);
  expect(service.requests).toEqual([]);
});
