import { Client } from '../../../src/lab/client/client';
import { placeOfLink, withoutLink } from '../../../src/lab/links/link';
import { RequestError } from '../../../src/lab/requests';
import { FakeService } from '../fake-service';

const service = new FakeService();
service.contents.set('reviews/a.json', new Uint8Array(1));
const open = (path: string, ref = 'main') =>
  placeOfLink(new Client(service), { repository: 'quickstart', ref, path });

test('a link opens an object in its folder, or the folder', async () => {
  const main = { repository: 'quickstart', tab: 'objects', ref: 'main' };
  expect(await open('reviews/a.json')).toEqual({ ...main, path: 'reviews/', object: 'reviews/a.json' });
  expect(await open('reviews/')).toEqual({ ...main, path: 'reviews/' });
  expect(await open('reviews')).toEqual({ ...main, path: 'reviews/' });
  expect(await open('', '')).toEqual({ ...main, ref: undefined, path: '' });
});

test('that the service is away is told, not taken for a folder', async () => {
  service.away = true;
  await expect(open('reviews/a.json')).rejects.toThrow(RequestError);
});

test('what else is in the address stays', () => {
  expect(withoutLink('?token=x&databranch=a/b/c')).toBe('?token=x');
  expect(withoutLink('?databranch=a/b/c')).toBe('');
});
