/** Numbers, times and sizes as people read them, in the page's language, by `Intl`. */
const LANGUAGE = 'en';

const whole = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 3 });
const tick = new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 6 });
const compact = new Intl.NumberFormat(LANGUAGE, {
  notation: 'compact',
  maximumSignificantDigits: 3,
});
const percent = new Intl.NumberFormat(LANGUAGE, { style: 'percent', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(LANGUAGE, { timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' });
const list = new Intl.ListFormat(LANGUAGE);
const plurals = new Intl.PluralRules(LANGUAGE);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `1,234,567`; above a million million `1.23T`, which would otherwise not fit. */
export function formatCount(count: number): string {
  return Math.abs(count) < 1e12 ? whole.format(count) : compact.format(count);
}

/** A count with its noun: `1 shard`, `2 shards`. */
export function countOf(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${plurals.select(count) === 'one' ? one : many}`;
}

/** `a, b, and c`. */
export function formatList(items: readonly string[]): string {
  return list.format(items);
}

/** A number that was measured: three significant digits, `0.0123`, `45.6`, `12,300`. */
export function formatMeasure(value: number): string {
  return Math.abs(value) >= 1000 ? whole.format(value) : three.format(value);
}

/** A number on an axis: exact enough that neighbours differ. */
export function formatTick(value: number): string {
  return tick.format(value);
}

/** A part of a whole, `0..1`, as `12.3%`; never 100% before it is all, never 0% once it has begun. */
export function formatShare(part: number): string {
  if (part > 0 && part < 0.001) return '<0.1%';
  if (part < 1 && part > 0.999) return '99.9%';
  return percent.format(part);
}

/** `/s` of something; `per minute` where a second holds less than one. */
export function formatRate(perSecond: number): { value: string; unit: 'second' | 'minute' } {
  if (perSecond > 0 && perSecond < 1)
    return { value: formatMeasure(perSecond * 60), unit: 'minute' };
  return { value: formatMeasure(perSecond), unit: 'second' };
}

/** A duration in milliseconds with its two largest units: `420 ms`, `1.5 s`, `2 min 5 s`, `3 h 20 min`, `12 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return unit(0, 'second');
  if (ms < 1) return '<1 ms';
  if (ms < SECOND) return unit(ms, 'millisecond');
  if (ms < 10 * SECOND) return unit(ms / SECOND, 'second', 1);
  if (ms < MINUTE) return unit(ms / SECOND, 'second');
  if (ms < HOUR) return pair(ms, MINUTE, 'minute', SECOND, 'second');
  if (ms < DAY) return pair(ms, HOUR, 'hour', MINUTE, 'minute');
  if (ms < 365 * DAY) return pair(ms, DAY, 'day', HOUR, 'hour');
  return unit(ms / (365 * DAY), 'year', 1);
}

function pair(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const smalls = Math.round(ms / small);
  const per = big / small;
  const rest = smalls % per;
  const first = unit(Math.floor(smalls / per), bigName);
  return rest === 0 ? first : `${first} ${unit(rest, smallName)}`;
}

function unit(value: number, name: string, digits = 0): string {
  return new Intl.NumberFormat(LANGUAGE, {
    style: 'unit',
    unit: name,
    unitDisplay: name === 'day' ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes in decimal units: `512 byte`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(LANGUAGE, {
    style: 'unit',
    unit: SIZES[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumSignificantDigits: 3,
  }).format(bytes / 1000 ** power);
}

/** A moment (ms since 1970) as date and time of day. */
export function formatMoment(at: number): string {
  return dateTime.format(at);
}

/** The time of day of a moment (ms since 1970), to the second. */
export function formatClock(at: number): string {
  return clock.format(at);
}

/** How long ago (or in how long) a moment is: `now`, `3 minutes ago`; under ten seconds is now. */
export function formatAge(at: number, now: number): string {
  const past = at - now;
  const size = Math.abs(past);
  if (size < 10 * SECOND) return relative.format(0, 'second');
  if (size < MINUTE) return relative.format(Math.round(past / SECOND), 'second');
  if (size < HOUR) return relative.format(Math.round(past / MINUTE), 'minute');
  if (size < DAY) return relative.format(Math.round(past / HOUR), 'hour');
  return relative.format(Math.round(past / DAY), 'day');
}
