/** Times as text in the form of ISO 8601, exact to the nanosecond, in years that no Date holds as well. */

const DAY_SECONDS = 86_400n;
const DAY_MS = DAY_SECONDS * 1_000n;
/** Dates beyond these days from 1970-01-01 are none for JavaScript. */
const DAYS_MAX = 100_000_000n;

/** Milliseconds since 1970-01-01 → its date. */
export function dateText(milliseconds: bigint): string {
  return dayText(floorDivide(milliseconds, DAY_MS));
}

/**
 * A point in time: with a zone as the clocks there show it, with what they differ from UTC; without one as written.
 *
 * @param units - since 1970-01-01, in UTC where there is a zone
 * @param digits - of the unit behind the second
 */
export function instantText(units: bigint, digits: number, zone?: string | null): string {
  const second = 10n ** BigInt(digits);
  const seconds = floorDivide(units, second);
  const fraction = fractionText(units - seconds * second, digits);
  const offset = zone ? offsetAt(seconds, zone) : 0;
  const local = seconds + BigInt(offset);
  const day = floorDivide(local, DAY_SECONDS);
  const ofDay = clockText(local - day * DAY_SECONDS);
  return `${dayText(day)} ${ofDay}${fraction}${zone ? offsetText(offset) : ''}`;
}

/** A time of the day. */
export function timeText(units: bigint, digits: number): string {
  const second = 10n ** BigInt(digits);
  return `${clockText(units / second)}${fractionText(units % second, digits)}`;
}

export function durationText(units: bigint, digits: number): string {
  const unit = { 0: 's', 3: 'ms', 6: 'µs', 9: 'ns' }[digits];
  return `${units} ${unit}`;
}

/** Months; days and milliseconds; or months, days and nanoseconds in two words. */
export function intervalText(words: Int32Array): string {
  if (words.length < 4) {
    return words.length === 1 ? `${words[0]} months` : `${words[0]} days ${words[1]} ms`;
  }
  const nanoseconds = (BigInt(words[3]!) << 32n) | BigInt(words[2]! >>> 0);
  return `${words[0]} months ${words[1]} days ${nanoseconds} ns`;
}

function dayText(day: bigint): string {
  return day > DAYS_MAX || day < -DAYS_MAX
    ? `day ${day}`
    : new Date(Number(day * DAY_MS)).toISOString().replace(/T.*/, '');
}

function clockText(seconds: bigint): string {
  return [seconds / 3_600n, (seconds / 60n) % 60n, seconds % 60n]
    .map(part => String(part).padStart(2, '0'))
    .join(':');
}

/** Behind the point, without zeros at the end. */
function fractionText(units: bigint, digits: number): string {
  const text = String(units).padStart(digits, '0').replace(/0+$/, '');
  return digits === 0 || text === '' ? '' : `.${text}`;
}

function offsetText(seconds: number): string {
  if (seconds === 0) {
    return 'Z';
  }
  const minutes = Math.abs(seconds) / 60;
  const parts = [Math.floor(minutes / 60), Math.floor(minutes % 60)];
  return `${seconds < 0 ? '-' : '+'}${parts.map(part => String(part).padStart(2, '0')).join(':')}`;
}

/** How far the clocks of a zone are ahead of UTC, in seconds; 0 for a zone that nobody knows. */
function offsetAt(seconds: bigint, zone: string): number {
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (fixed) {
    const [, sign, hours, minutes] = fixed;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60);
  }
  const format = formatIn(zone);
  const date = new Date(Number(seconds) * 1_000);
  if (!format || Number.isNaN(date.getTime())) {
    return 0;
  }
  const parts = Object.fromEntries(
    format.formatToParts(date).map(({ type, value }) => [type, Number(value)])
  );
  // Whole days apart at most, so that years before 1 and eras do not matter.
  const there = parts['hour']! * 3_600 + parts['minute']! * 60 + parts['second']!;
  const here = date.getUTCHours() * 3_600 + date.getUTCMinutes() * 60 + date.getUTCSeconds();
  const days = Math.sign(wrapped(parts['day']! - date.getUTCDate()));
  return there - here + days * Number(DAY_SECONDS);
}

/** The last day of a month is one before the first, not thirty after it. */
function wrapped(days: number): number {
  return Math.abs(days) > 1 ? -days : days;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timeZone)) {
    formats.set(timeZone, newFormat(timeZone));
  }
  return formats.get(timeZone);
}

function newFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      hourCycle: 'h23',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    });
  } catch {
    return undefined;
  }
}

function floorDivide(number: bigint, by: bigint): bigint {
  const quotient = number / by;
  return number % by < 0n ? quotient - 1n : quotient;
}
