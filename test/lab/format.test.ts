import { Time } from '@jupyterlab/coreutils';
import { formatAgo, formatBytes, formatCount, formatTime } from '../../src/lab/format';

const DAY = 86_400;

afterEach(() => document.documentElement.removeAttribute('lang'));

test.each([0, 1, 59, 60, 3_599, 3_600, DAY - 1, DAY, 29 * DAY, 30 * DAY, 365 * DAY, -90])(
  'what was %d seconds ago is told as JupyterLab tells it',
  seconds => {
    jest.useFakeTimers({ now: 1_800_000_000_000 });
    const then = 1_800_000_000 - seconds;
    expect(formatAgo(then)).toBe(Time.formatHuman(new Date(then * 1_000)));
    expect(formatTime(then)).toBe(Time.format(new Date(then * 1_000)));
    jest.useRealTimers();
  }
);

test('numbers are written in the language that JupyterLab has now', () => {
  document.documentElement.lang = 'en';
  expect(formatCount(486_000)).toBe('486,000');
  expect(formatCount(36)).toBe('36');
  document.documentElement.lang = 'fa';
  expect(formatCount(36)).toBe('۳۶');
  document.documentElement.lang = 'de';
  expect(formatCount(486_000)).toBe('486.000');
  expect(formatBytes(1_536)).toBe('1,5 KB');
});
