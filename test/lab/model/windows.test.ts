import { Windows } from '../../../src/lab/model/windows';

const all: Windows[] = [];

afterEach(() => {
  all.splice(0).forEach(each => each.dispose());
  setHidden(false);
});

function windowOn(lab: string): { windows: Windows; heard: string[] } {
  const windows = new Windows(lab);
  const heard: string[] = [];
  windows.changed.connect((_, repository) => void heard.push(repository));
  all.push(windows);
  return { windows, heard };
}

function setHidden(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** Messages come in order: when the last has come, all have. */
async function delivered(from: Windows, to: string[], last: string): Promise<void> {
  from.tell(last);
  while (to.at(-1) !== last) {
    await new Promise(resolve => setTimeout(resolve, 0));
  }
}

test('a window hears what others changed, and not itself', async () => {
  const [left, right] = [windowOn('http://lab/'), windowOn('http://lab/')];
  left.windows.tell('quickstart');
  await delivered(left.windows, right.heard, 'end');
  expect(right.heard).toEqual(['quickstart', 'end']);
  expect(left.heard).toEqual([]);
});

test("another JupyterLab's repositories are others", async () => {
  const [left, right, other] = [
    windowOn('http://lab/'),
    windowOn('http://lab/'),
    windowOn('http://lab/user/b/')
  ];
  await delivered(left.windows, right.heard, 'quickstart');
  expect(other.heard).toEqual([]);
});

test('a window out of sight catches up when it is seen, once for each repository', async () => {
  const [left, right] = [windowOn('http://lab/'), windowOn('http://lab/')];
  const arrived = new BroadcastChannel('jupyterlab-databranch:http://lab/');
  const last = new Promise<void>(resolve => {
    arrived.onmessage = ({ data }) => data === 'b' && resolve();
  });
  setHidden(true);
  for (const repository of ['a', 'a', 'b']) {
    left.windows.tell(repository);
  }
  await last;
  arrived.close();
  expect(right.heard).toEqual([]);
  setHidden(false);
  expect(right.heard).toEqual(['a', 'b']);
});
