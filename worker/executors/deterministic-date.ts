import { replace } from './replace.ts';

/**
 * Makes `Date` fit for programs whose results are compared: it tells the time it is given, lives in
 * UTC and knows no locale, so that neither the clock, the time zone nor the language of a machine
 * shows. Changes the prototype of the `Date` there is.
 * @param now milliseconds since 1970
 * @returns the constructor to put in its place
 */
export function deterministicDate(now: () => number): DateConstructor {
  const Native = Date;

  // Called without `new`, it gives the time as text.
  const construct = function (this: unknown, ...args: unknown[]): string | Date {
    if (!new.target) return new Native(now()).toString();
    return Reflect.construct(Native, [timeOf(args)], new.target);
  };

  const timeOf = (args: unknown[]): number => {
    if (args.length === 0) return now();
    if (args.length > 1) return Native.UTC(...(args.map(Number) as [number, number]));
    const [value] = args;
    if (value instanceof Native) return value.getTime();
    return typeof value === 'string' ? parse(value) : Number(value);
  };

  /** Text without a time zone is meant in the machine's; here that is UTC. */
  const parse = (text: string): number => {
    const zoned = /(Z|GMT|UTC|[+-]\d\d:?\d\d)\s*(\([^)]*\))?\s*$/i.test(text);
    const dateOnly = /^[+-]?\d{4,6}(-\d\d){0,2}$/.test(text);
    if (zoned || dateOnly) return Native.parse(text);
    return Native.parse(/^\S+T\S+$/.test(text) ? `${text}Z` : `${text} UTC`);
  };

  liveInUtc(Native.prototype);
  replace(construct, { UTC: Native.UTC, now, parse });
  Object.defineProperty(construct, 'name', { value: 'Date' });
  Object.defineProperty(construct, 'prototype', { value: Native.prototype, writable: false });
  replace(Native.prototype, { constructor: construct });
  return construct as unknown as DateConstructor;
}

const PARTS = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];

function liveInUtc(prototype: Date): void {
  const methods = prototype as unknown as Record<string, unknown>;
  for (const part of PARTS) {
    replace(prototype, { [`get${part}`]: methods[`getUTC${part}`] });
    if (part !== 'Day') replace(prototype, { [`set${part}`]: methods[`setUTC${part}`] });
  }
  replace(prototype, {
    getTimezoneOffset: () => 0,
    toString: text(
      ({ day, month, date, year, time }) =>
        `${day} ${month} ${date} ${year} ${time} GMT+0000 (UTC)`,
    ),
    toDateString: text(({ day, month, date, year }) => `${day} ${month} ${date} ${year}`),
    toTimeString: text(({ time }) => `${time} GMT+0000 (UTC)`),
  });
  replace(prototype, {
    toLocaleString: methods.toString,
    toLocaleDateString: methods.toDateString,
    toLocaleTimeString: methods.toTimeString,
  });
  for (const name of ['getYear', 'setYear']) Reflect.deleteProperty(prototype, name);
}

interface Words {
  day: string;
  date: string;
  month: string;
  year: string;
  time: string;
}

/** A method that words a date, from the one wording that is the same everywhere. */
function text(word: (words: Words) => string): (this: Date) => string {
  return function (this: Date) {
    // Wed, 01 Jan 2025 00:00:00 GMT
    const [day, date, month, year, time] = this.toUTCString().split(' ');
    return time === undefined
      ? 'Invalid Date'
      : word({ day: day.slice(0, 3), date, month, year, time });
  };
}
