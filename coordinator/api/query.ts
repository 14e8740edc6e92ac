import { ManyhandsError } from '../../shared/errors.ts';
import type { Call } from './route.ts';

/** Bounds of a whole number in a query. */
export interface Bounds {
  minimum: number;
  maximum: number;
  /** Where the parameter is left out. */
  fallback: number;
}

/** A whole number of the query. @throws ManyhandsError `REQUEST_INVALID` */
export function queryInteger(call: Call, name: string, bounds: Bounds): number {
  const text = call.query(name);
  if (text === undefined) return bounds.fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.minimum && value <= bounds.maximum) return value;
  throw new ManyhandsError(
    'REQUEST_INVALID',
    `?${name}= must be a whole number from ${bounds.minimum} to ${bounds.maximum}.`,
    { path: name },
  );
}

/** Whether a switch of the query is on: `?follow=1`. @throws ManyhandsError `REQUEST_INVALID` */
export function querySwitch(call: Call, name: string): boolean {
  const text = call.query(name);
  if (text === undefined || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new ManyhandsError('REQUEST_INVALID', `?${name}= must be 1 or 0.`, { path: name });
}
