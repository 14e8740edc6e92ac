import * as z from 'zod/mini';
import { ErrorResponse } from '../../shared/api/schemas.ts';
import { type ErrorFacts, ManyhandsError } from '../../shared/errors.ts';

/** An error that the coordinator answered with; `code` and `message` are its own. */
export class ApiError extends ManyhandsError {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, code: string, message: string, facts: ErrorFacts = {}) {
    super(code, message, facts);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** The error in a failed response, whatever its body is. */
export async function apiError(response: Response): Promise<ApiError> {
  const parsed = z.safeParse(ErrorResponse, await response.json().catch(() => null));
  if (!parsed.success)
    return new ApiError(
      response.status,
      'HTTP_ERROR',
      `The server answered ${response.status} ${response.statusText}. Is this a Manyhands coordinator?`,
      { url: response.url },
    );
  const { code, message, facts } = parsed.data.error;
  return new ApiError(response.status, code, message, facts);
}

/** The coordinator could not be reached, or its answer broke off. */
export function unreachable(url: string, cause: unknown): ManyhandsError {
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  return new ManyhandsError(
    'UNREACHABLE',
    `Nothing answers at ${url}. Is the coordinator running, and is the address right?`,
    { url, reason: String(reason) },
  );
}
