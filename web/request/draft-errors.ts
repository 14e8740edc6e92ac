import type { FieldErrors } from './check-draft.ts';
import type { PostingState } from './use-posting.ts';

/** Fields that are empty in the beginning: nobody is told so before they try to post. */
const EMPTY_AT_FIRST = /^(stages\.\d+\.)?(name|program|inputs\.files?|files\.\d+\.content)$/;

/** The errors to show now: those of the fields and of the coordinator. */
export function shownErrors(
  errors: FieldErrors,
  posting: PostingState,
  tried: boolean,
): FieldErrors {
  const shown = new Map([...errors].filter(([path]) => tried || !EMPTY_AT_FIRST.test(path)));
  if (posting.stage === 'refused' && posting.path !== '' && !shown.has(posting.path))
    shown.set(posting.path, posting.message);
  return shown;
}

/** The errors of the fields below a path, by the rest of theirs. */
export function errorsWithin(errors: FieldErrors, path: string): FieldErrors {
  const within = new Map<string, string>();
  for (const [at, message] of errors)
    if (at.startsWith(`${path}.`)) within.set(at.slice(path.length + 1), message);
  return within;
}
