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
