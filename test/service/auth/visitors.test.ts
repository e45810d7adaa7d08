import { LOOPBACK_HOSTS, refuseVisitor } from '../../../src/service/auth/visitors.js';

const status = (headers: Record<string, string>) => refuseVisitor(headers, LOOPBACK_HOSTS)?.status;

describe('visitors', () => {
  test.each(['localhost', 'localhost:8000', 'LocalHost:9', '127.0.0.1:8000', '[::1]:8000', '[::1]'])(
    'the host %s is ours',
    host => {
      expect(status({ host })).toBeUndefined();
    }
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:8000',
    '127.0.0.2',
    '',
    'localhost:80:80'
  ])('the host "%s" is refused', host => {
    expect(status({ host })).toBe(421);
  });

  test('a page of this origin may ask, one of another may not', () => {
    const host = 'localhost:8000';
    expect(status({ host, origin: 'http://localhost:8000' })).toBeUndefined();
    for (const origin of [
      'http://evil.example',
      'http://localhost:8888',
      'http://localhost',
      'null',
      'file://'
    ]) {
      expect(status({ host, origin })).toBe(403);
    }
  });

  test('what a page of another site makes the browser send is refused', () => {
    const host = 'localhost:8000';
    expect(status({ host, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(status({ host, 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(status({ host, 'sec-fetch-site': 'none' })).toBeUndefined();
  });
});
