import * as z from 'zod/mini';

const MB = 1e6;
const MIB = 2 ** 20;

/** The least and the most that somebody can set, in MB. */
export interface Bounds {
  least: number;
  most: number;
}

/** Below, one program of the largest size and its data would not fit; above, no browser gives it. */
export const CACHE_BOUNDS: Bounds = { least: 100, most: 100_000 };
/** Below, hardly a program could be fetched; above, a day's cap is none. */
export const CAP_BOUNDS: Bounds = { least: 10, most: 1_000_000 };

/** MB, as people see amounts, in the MiB of the settings. */
export function mebibytes(megabytes: number): number {
  return (megabytes * MB) / MIB;
}

/** MiB of the settings as whole MB. */
export function megabytes(mebibytes: number): number {
  return Math.round((mebibytes * MIB) / MB);
}

/** Checks an amount of the settings, in MiB. */
export function withinBounds({ least, most }: Bounds) {
  return z.refine<number>((mib) => megabytes(mib) >= least && megabytes(mib) <= most);
}

/** Whole MB that somebody has typed, with or without separators; null for anything else or beyond the bounds. */
export function readMegabytes(typed: string, { least, most }: Bounds): number | null {
  const digits = typed.replaceAll(/[\s,_]/g, '');
  if (!/^\d{1,9}$/.test(digits)) return null;
  const amount = Number(digits);
  return amount >= least && amount <= most ? amount : null;
}

/** MiB of the settings in bytes. */
export function mebibytesToBytes(mebibytes: number): number {
  return Math.round(mebibytes * MIB);
}
