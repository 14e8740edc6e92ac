import { createContext, use } from 'react';

/** Messages by the path of the field in the job spec, such as `inputs.from`. */
export const FieldErrorsContext = createContext<ReadonlyMap<string, string>>(new Map());

/** What is wrong with a field or with a part of it; undefined where nothing is. */
export function useFieldError(path: string | undefined): string | undefined {
  const errors = use(FieldErrorsContext);
  if (path === undefined) return undefined;
  return errors.get(path) ?? partOf(errors, path);
}

function partOf(errors: ReadonlyMap<string, string>, path: string): string | undefined {
  for (const [at, message] of errors) if (at.startsWith(`${path}.`)) return message;
  return undefined;
}
