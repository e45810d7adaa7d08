import { Notification } from '@jupyterlab/apputils';
import { act } from '../act';
import { rowDiffLine } from '../fake-rows';
import { comparison } from '../fake-data';
import { byRole, click } from '../screen';
import { CompareView } from './compare-view';

const ROW_DIFF = 'GET /databranch/repositories/quickstart/refs/main/rowdiff/test-env';

/** What waits for seconds waits for {@link timePasses} here; what comes back at once does so as ever. */
const LONG_MS = 500;
const waiting = new Map<number, () => void>();
const { setTimeout: after, clearTimeout: drop } = globalThis;

let compare: CompareView;

beforeEach(async () => {
  compare = new CompareView();
  compare.service.comparisons = [comparison()];
  compare.service.rows.diff = [rowDiffLine('1')];
  compare.service.holds.add(ROW_DIFF);
  await compare.open();
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0): unknown => {
    if (ms < LONG_MS) {
      return after(work, ms);
    }
    waiting.set(-1 - waiting.size, work);
    return -waiting.size;
  }) as typeof setTimeout);
  jest.spyOn(globalThis, 'clearTimeout').mockImplementation(id => {
    if (!waiting.delete(id as unknown as number)) {
      drop(id);
    }
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  waiting.clear();
  Notification.dismiss();
  await compare.leave();
});

function timePasses(): Promise<void> {
  return act(() => {
    waiting.forEach(work => work());
    waiting.clear();
  });
}

function shown(): [type: string, message: string, progress: number | undefined][] {
  return Notification.manager.notifications.map(({ type, message, options }) => [
    type,
    message,
    options.progress
  ]);
}

async function answer(): Promise<void> {
  await act(() => compare.service.held.get(ROW_DIFF)!.answer());
}

test('what takes a moment is worth no notification', async () => {
  await click(byRole('button', 'Show rows'));
  await answer();
  await timePasses();
  expect(shown()).toEqual([]);
});

test('what takes long is told beside the view: how far it is, and in the end the answer', async () => {
  await click(byRole('button', 'Show rows'));
  await timePasses();
  expect(shown()).toEqual([['in-progress', 'Comparing rows …', undefined]]);
  const progress = { files_done: 2, files_total: 8 };
  await act(() => compare.service.held.get(ROW_DIFF)!.onProgress!(progress));
  expect(shown()).toEqual([['in-progress', 'Comparing rows …', 0.25]]);
  expect(byRole('status', /Comparing rows/).textContent).toContain('2 of 8 files');
  await answer();
  expect(shown()).toEqual([['in-progress', 'Comparing rows …', 0.25]]);
  await timePasses();
  expect(shown()).toEqual([['success', 'Rows that differ: 1 rows differ.', undefined]]);
});

test('it can be given up there, and then there is nothing more to tell', async () => {
  await click(byRole('button', 'Show rows'));
  await timePasses();
  const [notification] = Notification.manager.notifications;
  await act(() => notification!.options.actions![0]!.callback(new MouseEvent('click')));
  expect(compare.service.held.get(ROW_DIFF)!.signal!.aborted).toBe(true);
  await timePasses();
  expect(shown()).toEqual([]);
});

test('whoever leaves the view gives it up', async () => {
  await click(byRole('button', 'Show rows'));
  await timePasses();
  await compare.leave();
  expect(compare.service.held.get(ROW_DIFF)!.signal!.aborted).toBe(true);
  await timePasses();
  expect(shown()).toEqual([]);
});
