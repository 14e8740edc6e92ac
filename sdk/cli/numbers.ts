import { ManyhandsError } from '../../shared/errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  kib: 1024,
  mb: 1e6,
  mib: 1024 ** 2,
  gb: 1e9,
  gib: 1024 ** 3,
};
const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Bytes of `64MiB`, `1.5 MB` or `4096`. */
export function parseBytes(text: string): number {
  return parseUnits(text, UNITS, 'a size such as 64MiB');
}

/** Bytes as `parseBytes` reads them, from a least amount up, which is said as `least` reads. */
export function parseBytesFrom(least: string): (text: string) => number {
  return (text) => {
    const bytes = parseBytes(text);
    if (bytes < parseBytes(least))
      throw new ManyhandsError('OPTION_INVALID', `"${text}" is less than ${least}.`, {
        value: text,
      });
    return bytes;
  };
}

/** Milliseconds of `500ms`, `10s`, `2m` or `1h`. */
export function parseDuration(text: string): number {
  return parseUnits(text, DURATIONS, 'a time such as 10s');
}

function parseUnits(
  text: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = match ? units[match[2].toLowerCase()] : undefined;
  if (!match || unit === undefined)
    throw new ManyhandsError('OPTION_INVALID', `"${text}" is not ${expected}.`, { value: text });
  return Math.round(Number(match[1]) * unit);
}

/** A whole number within bounds. */
export function parseCount(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum)
      throw new ManyhandsError(
        'OPTION_INVALID',
        `"${text}" is not a whole number from ${minimum} up.`,
        {
          value: text,
        },
      );
    return value;
  };
}
