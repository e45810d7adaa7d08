import { ServerConnection } from '@jupyterlab/services';
import { MessageChannel } from 'node:worker_threads';
import type { RequestError } from '../../src/lab/requests';
import { Requests } from '../../src/lab/requests';

beforeAll(() => Object.assign(globalThis, { MessageChannel }));

afterEach(() => pointer('pointerup'));

function pointer(type: string, init: MouseEventInit = {}): void {
  document.body.dispatchEvent(new MouseEvent(type, { bubbles: true, ...init }));
}

/** Notes what comes of a request, and what happens besides, in the order in which it does. */
function ask(response: () => Response, happened: string[]): Promise<unknown> {
  const settings = ServerConnection.makeSettings({ fetch: () => Promise.resolve(response()) });
  return new Requests(settings).send<string>(['a']).then(
    answer => happened.push(answer),
    (error: unknown) => happened.push(`refused: ${(error as RequestError).message}`)
  );
}

test.each([
  ['an answer', () => Response.json('answer'), 'answer'],
  ['a refusal', () => Response.json({ message: 'no' }, { status: 404 }), 'refused: no']
])('%s waits while a button of the pointer is down, and comes after the click', async (_, response, told) => {
  const happened: string[] = [];
  pointer('pointerdown');
  const asked = ask(response, happened);
  pointer('pointermove', { buttons: 1 });
  pointer('blur', { bubbles: false });
  await new Promise(resolve => setTimeout(resolve, 0)); // the answer is there
  pointer('pointerup');
  happened.push('click');
  await asked;
  expect(happened).toEqual(['click', told]);
});

test.each(['pointerup', 'pointercancel', 'pointermove', 'scroll'])(
  'after %s an answer waits for nothing',
  async end => {
    pointer('pointerdown');
    pointer(end);
    const happened: string[] = [];
    await ask(() => Response.json('answer'), happened);
    expect(happened).toEqual(['answer']);
  }
);
