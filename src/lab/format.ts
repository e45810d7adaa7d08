/** JupyterLab's display language, else the browser's. */
function language(): string | undefined {
  return document.documentElement.lang || undefined;
}

/**
 * Keeps the formatter that `make` makes for a language. Making one takes as long as drawing a row, and each row of a
 * list needs several.
 */
function inLanguage<T>(make: (language: string | undefined) => T): () => T {
  let kept: { language: string | undefined; formatter: T } | undefined;
  return () => {
    const now = language();
    if (!kept || kept.language !== now) {
      kept = { language: now, formatter: make(now) };
    }
    return kept.formatter;
  };
}

const countFormat = inLanguage(language => new Intl.NumberFormat(language));
const significantFormat = inLanguage(
  language => new Intl.NumberFormat(language, { maximumSignificantDigits: 6 })
);
const wholeFormat = inLanguage(language => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }));
const tenthsFormat = inLanguage(language => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }));
const agoFormat = inLanguage(language => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const timeFormat = inLanguage(
  language => new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' })
);

/** 486000 → "486,000". @param more - whether that is only as far as was counted: "486,000+" */
export function formatCount(count: number, more = false): string {
  const number = isDigitsOnly(count) ? String(count) : countFormat().format(count);
  return more ? `${number}+` : number;
}

/**
 * Whether a number is nothing but its digits in English, which JupyterLab speaks unless told otherwise. The first
 * formatter takes a tenth of all that this extension does at JupyterLab's start, and there it has one number to tell.
 */
function isDigitsOnly(count: number): boolean {
  return Number.isInteger(count) && Math.abs(count) < 1_000 && /^en\b/i.test(language() ?? '');
}

/** 36.333333333 → "36.3333": so many digits as tell numbers of one column apart. */
export function formatNumber(number: number): string {
  return (Number.isInteger(number) ? countFormat() : significantFormat()).format(number);
}

/** +486000 → "+486,000", with a true minus sign below zero. */
export function formatDelta(delta: number): string {
  return delta < 0 ? `−${formatCount(-delta)}` : `+${formatCount(delta)}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** 9437184 → "9 MB", in steps of 1024 as JupyterLab's file browser counts. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const format = unit === 0 ? wholeFormat() : tenthsFormat();
  return `${format.format(bytes / 1024 ** unit)} ${UNITS[unit]}`;
}

/** Seconds of each unit, the largest first. */
const AGES: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
];

/** Seconds since the epoch → "4 minutes ago", in the steps in which JupyterLab tells it. */
export function formatAgo(seconds: number): string {
  const ago = seconds - Date.now() / 1_000;
  for (const [unit, length] of AGES) {
    const amount = Math.ceil(ago / length);
    if (amount !== 0) {
      return agoFormat().format(amount, unit);
    }
  }
  return agoFormat().format(0, 'second');
}

/** Seconds since the epoch → date and time. */
export function formatTime(seconds: number): string {
  return timeFormat().format(seconds * 1_000);
}

/** The first ten digits of a commit's id: enough to recognise, and accepted as a ref. */
export function shortId(commitId: string): string {
  return commitId.slice(0, 10);
}

/** A data set's or folder's path as shown: the root is "/". */
export function showPath(path: string): string {
  return path === '' ? '/' : path;
}

/** The service's sentences have no full stop: they may go on. Not where they end with one all the same. */
export function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
