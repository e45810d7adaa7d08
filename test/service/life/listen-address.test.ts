import { parseListenAddress, urlOf } from '../../../src/service/life/listen-address.js';

test.each([
  ['127.0.0.1:8000', 'http://127.0.0.1:8000'],
  ['localhost:0', 'http://localhost:0'],
  ['[::1]:9000', 'http://[::1]:9000'],
  [':8000', 'http://127.0.0.1:8000'],
  ['8000', 'http://127.0.0.1:8000'],
  ['127.1.2.3:1', 'http://127.1.2.3:1']
])('%s is %s', (text, url) => {
  expect(urlOf(parseListenAddress(text))).toBe(url);
});

test.each([
  '',
  'localhost',
  '127.0.0.1:',
  '127.0.0.1:70000',
  'a:b:c',
  '::1:80',
  '127.0.0.1:-1',
  '127.0.0.1:8e3'
])('%j is refused with an example', text => {
  expect(() => parseListenAddress(text)).toThrow(/HOST:PORT, for example 127\.0\.0\.1:8000/);
});

test.each(['0.0.0.0:8000', '[::]:8000', '192.168.1.5:8000', 'example.com:80', '127.0.0.1.example.com:80'])(
  '%s is refused: it is not this machine',
  text => {
    expect(() => parseListenAddress(text)).toThrow(/serves this machine only/);
  }
);
