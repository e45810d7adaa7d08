import { RequestError } from '../../../src/lab/requests';
import { FakeService } from '../fake-service';
import { labOn } from '../lab';

const file = (path: string): { path: string; file: Blob } => ({ path, file: new Blob([path]) });

test('files are sent one after the other; one that fails is named, and can be sent again', async () => {
  const service = new FakeService();
  const { databranch } = labOn(service);
  const branch = databranch.repository('quickstart').branch('main');
  const send = service.send.bind(service);
  let full = true;
  service.send = async (path, initial) => {
    if (full && initial?.query?.path === 'b.csv') {
      throw new RequestError(507, 'The disk is full.');
    }
    return send(path, initial);
  };

  const { uploads } = databranch;
  await uploads.add(branch, [file('a.csv'), file('b.csv'), file('c.csv')]);
  expect(uploads.items.map(({ path, state }) => `${path} ${state}`)).toEqual([
    'a.csv done',
    'b.csv failed',
    'c.csv done'
  ]);
  expect(uploads.items[1]!.error?.message).toBe('The disk is full.');

  full = false;
  await uploads.retry();
  expect(uploads.count('done')).toBe(3);
  expect(service.branches.get('main')!.changes.map(({ path }) => path)).toEqual(['a.csv', 'c.csv', 'b.csv']);
});

test('how much has gone out is told in bytes, over all files', async () => {
  const service = new FakeService();
  const { databranch } = labOn(service);
  const { uploads } = databranch;
  const seen: number[] = [];
  service.send = async (_, initial) => {
    initial?.onSent?.(1);
    seen.push(uploads.progress.sent);
    return undefined as never;
  };
  await uploads.add(databranch.repository('quickstart').branch('main'), [file('a.csv'), file('bb.csv')]);
  expect(seen).toEqual([1, 6]);
  expect(uploads.progress).toEqual({ sent: 11, total: 11 });
});

test('what is cancelled is not sent', async () => {
  const service = new FakeService();
  const { databranch } = labOn(service);
  const { uploads } = databranch;
  const branch = databranch.repository('quickstart').branch('main');
  const sent = uploads.add(branch, [file('a.csv'), file('b.csv')]);
  uploads.cancel();
  await sent;
  expect(uploads.items[1]!.state).toBe('cancelled');
  expect(service.branches.get('main')!.changes.length).toBeLessThan(2);
});
