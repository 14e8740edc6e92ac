import type { $ZodIssue } from 'zod/v4/core';
import { ManyhandsError } from '../../shared/errors.ts';

/** Where a value does not fit its schema, in the words of a person. */
export interface Problem {
  /** Such as `inputs.axes.0.step`; empty for the value as a whole. */
  path: string;
  message: string;
}

/**
 * The first issue; of a union, the issue of the member that came nearest, since "no member fits"
 * helps nobody.
 */
export function problemAt(issues: readonly $ZodIssue[]): Problem {
  const [issue] = issues;
  const own = issue.path.join('.');
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((a, b) => distance(a) - distance(b))[0];
    if (nearest.length > 0) {
      const inner = problemAt(nearest);
      return {
        path: [own, inner.path].filter((part) => part !== '').join('.'),
        message: inner.message,
      };
    }
  }
  return { path: own, message: lowerFirst(issue.message) };
}

/** How far a union's member is from fitting: keys it does not know weigh most. */
function distance(issues: readonly $ZodIssue[]): number {
  let sum = 0;
  for (const issue of issues)
    sum += issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1;
  return sum;
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Runs a check; an error of ours from it says to which field of the request it belongs. */
export function checkAt<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ManyhandsError)) throw error;
    throw new ManyhandsError(error.code, error.message, { path, ...error.facts });
  }
}

/** As `checkAt` for checks that say the field themselves: it lies within `path`. */
export async function checkWithin<T>(path: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ManyhandsError)) throw error;
    const inner = error.facts.path;
    const whole = typeof inner === 'string' ? `${path}.${inner}` : path;
    throw new ManyhandsError(error.code, error.message, { ...error.facts, path: whole });
  }
}
