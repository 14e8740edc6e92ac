import { ErrorResponse } from '../../shared/api/schemas.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { common } from '../text/en/common.ts';

/** An error of the API or on the way to it. `status` 0: nothing came back. */
export class ApiError extends ManyhandsError {
  readonly status: number;

  constructor(status: number, code: string, message: string, facts: ManyhandsError['facts'] = {}) {
    super(code, message, facts);
    this.name = 'ApiError';
    this.status = status;
  }

  /** Path of the field that it is about, as `inputs.from`; empty where it is about none. */
  get path(): string {
    return typeof this.facts.path === 'string' ? this.facts.path : '';
  }
}

/** The error that a response which is not ok stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  return errorFromText(response.status, await response.text().catch(() => ''));
}

/** As `errorOf`, from the parts of a response. */
export function errorFromText(status: number, text: string): ApiError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const parsed = ErrorResponse.safeParse(body);
  if (parsed.success) {
    const { code, message, facts } = parsed.data.error;
    return new ApiError(status, code, message, facts);
  }
  return new ApiError(status, 'ANSWER_UNREADABLE', common.badAnswer, { status });
}

/** A failed fetch as an error for people; an abort stays what it is. */
export function connectionError(thrown: unknown): unknown {
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return thrown;
  if (thrown instanceof ManyhandsError) return thrown;
  return new ApiError(0, 'UNREACHABLE', common.offline);
}
