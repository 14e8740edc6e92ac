import type { $ZodIssue } from 'zod/v4/core';
import { request as text } from '../text/en/request.ts';

/** One field that does not fit, as the job spec's path and a sentence. */
export interface IssuePlace {
  path: string;
  message: string;
}

/** Every place that a schema objects to; of a union the member that came nearest is the one meant. */
export function issuePlaces(issues: readonly $ZodIssue[], above: PropertyKey[] = []): IssuePlace[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const nearest = issue.errors.toSorted((a, b) => strangers(a) - strangers(b))[0];
      if (nearest.length > 0) return issuePlaces(nearest, path);
    }
    return [{ path: path.join('.'), message: sentence(issue) }];
  });
}

/** How far a union's member is from fitting: keys that it does not know weigh most. */
function strangers(issues: readonly $ZodIssue[]): number {
  let sum = 0;
  for (const issue of issues)
    sum += issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 1;
  return sum;
}

function sentence(issue: $ZodIssue): string {
  const { issues } = text;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int') return issues.wholeNumber;
      return issue.expected === 'number' ? issues.number : issues.missing;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? issues.missing
        : issues.atLeast(Number(issue.minimum), issue.inclusive ?? true);
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? issues.tooLong(Number(issue.maximum))
        : issues.atMost(Number(issue.maximum));
    default:
      return `${issues.cannotBeUsed} ${issue.message}.`;
  }
}
