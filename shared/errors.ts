/** Facts that go with an error: small, JSON-safe, shown to a person or logged. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null>>;

/** What an error looks like in an HTTP body, a frame, a log line and `--json` output. */
export interface ErrorBody {
  code: string;
  message: string;
  facts?: ErrorFacts;
}

/**
 * The one base of every error that leaves a room.
 *
 * `code` is stable and upper snake case: scripts match on it. `message` is a sentence for a person
 * that says what is wrong and what to do about it. `facts` are the values behind the sentence.
 */
export class ManyhandsError extends Error {
  readonly code: string;
  readonly facts: ErrorFacts;

  constructor(code: string, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.name = 'ManyhandsError';
    this.code = code;
    this.facts = facts;
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, facts: this.facts };
  }
}

/** Any thrown thing as an error with a code; what is not ours becomes `INTERNAL` without details. */
export function toErrorBody(thrown: unknown): ErrorBody {
  if (thrown instanceof ManyhandsError) return thrown.toBody();
  return { code: 'INTERNAL', message: 'Something went wrong on our side. Try again in a moment.' };
}
