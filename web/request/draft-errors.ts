import { request as text } from '../text/en/request.ts';
import type { FieldErrors } from './check-draft.ts';
import type { Draft } from './draft.ts';
import type { CompileState } from './use-compiler.ts';
import type { PostingState } from './use-posting.ts';

/** Fields that are empty in the beginning: nobody is told so before they try to post. */
const EMPTY_AT_FIRST = /^(name|program|inputs\.files?|files\.\d+\.content)$/;

/** The errors to show now: those of the fields, of the compiler and of the coordinator. */
export function shownErrors(
  errors: FieldErrors,
  compiled: CompileState,
  { source }: Draft,
  posting: PostingState,
  tried: boolean,
): FieldErrors {
  const shown = new Map([...errors].filter(([path]) => tried || !EMPTY_AT_FIRST.test(path)));
  const mustCompile = source === 'c' || source === 'c++';
  if (tried && mustCompile && compiled.stage !== 'ready' && !shown.has('program'))
    shown.set('program', text.errors.compileFirst);
  if (posting.stage === 'refused' && posting.path !== '' && !shown.has(posting.path))
    shown.set(posting.path, posting.message);
  return shown;
}
