import { nullTranslator } from '@jupyterlab/translation';
import { explain } from '../../src/lab/errors';
import { RequestError } from '../../src/lab/requests';

const trans = nullTranslator.load('');
const said = (status: number, message: string): string => explain(new RequestError(status, message), trans);

test.each([
  [401, ''],
  [403, 'Log in to Jupyter first.'],
  [403, 'Forbidden'],
  [403, "'_xsrf' argument missing from POST"]
])('status %i "%s" is a session that has ended', (status, message) => {
  expect(said(status, message)).toMatch(/^Your Jupyter session has ended/);
});

test('what is denied for another reason says which', () => {
  expect(said(403, 'Branch "main" is protected.')).toBe('Branch "main" is protected.');
  expect(said(403, 'You are not allowed to write data branches.')).toMatch(/^You are not allowed to write/);
  expect(said(403, '')).toBe('You are not allowed to do that here.');
});

test('no answer, and a service that is away, say that it goes on by itself', () => {
  expect(said(0, '')).toMatch(/this tries again by itself/);
  expect(said(503, '')).toMatch(/This tries again by itself/);
});

test('code that did not come says what to do', () => {
  const missing = Object.assign(new Error('Loading chunk 123 failed.'), { name: 'ChunkLoadError' });
  expect(explain(missing, trans)).toMatch(/could not be loaded.*try again.*reload/);
});
