import { Time } from '@jupyterlab/coreutils';

/** JupyterLab's display language, else the browser's. */
function language(): string | undefined {
  return document.documentElement.lang || undefined;
}

/** 486000 → "486,000". */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(language()).format(count);
}

/** 36.333333333 → "36.3333": so many digits as tell numbers of one column apart. */
export function formatNumber(number: number): string {
  const digits = Number.isInteger(number) ? undefined : 6;
  return new Intl.NumberFormat(language(), { maximumSignificantDigits: digits }).format(number);
}

/** +486000 → "+486,000", with a true minus sign below zero. */
export function formatDelta(delta: number): string {
  return delta < 0 ? `−${formatCount(-delta)}` : `+${formatCount(delta)}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** 9437184 → "9 MB", in steps of 1024 as JupyterLab's file browser counts. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const digits = unit === 0 ? 0 : 1;
  const number = new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(
    bytes / 1024 ** unit
  );
  return `${number} ${UNITS[unit]}`;
}

/** Seconds since the epoch → "4 minutes ago". */
export function formatAgo(seconds: number): string {
  return Time.formatHuman(new Date(seconds * 1_000));
}

/** Seconds since the epoch → date and time. */
export function formatTime(seconds: number): string {
  return Time.format(new Date(seconds * 1_000));
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
