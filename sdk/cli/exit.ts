import { ManyhandsError, toErrorBody } from '../../shared/errors.ts';

/** Exit codes for scripts; `manyhands --help` lists them. */
export const Exit = {
  ok: 0,
  /** The job ended, but some of its shards failed, or it was cancelled or expired. */
  shardsFailed: 1,
  /** The command line, a file or the job spec is wrong. */
  usage: 2,
  /** The coordinator cannot be reached or refused. */
  network: 3,
  /** The program does not compile. */
  compile: 4,
  interrupted: 130,
} as const;

const NETWORK_CODES = new Set([
  'UNREACHABLE',
  'STREAM_BROKEN',
  'HTTP_ERROR',
  'ANSWER_INVALID',
  'INTERNAL',
]);

/** Exit code that an error ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ManyhandsError)) return Exit.network;
  if (error.code === 'COMPILE_FAILED') return Exit.compile;
  if (NETWORK_CODES.has(error.code)) return Exit.network;
  const status = 'status' in error ? Number(error.status) : 400;
  return status === 401 || status === 403 || status >= 500 ? Exit.network : Exit.usage;
}

/** An error as a line for a person, or as JSON for a script. */
export function describeError(error: unknown, json: boolean): string {
  const body = error instanceof ManyhandsError ? error.toBody() : unexpected(error);
  if (json) return JSON.stringify({ error: body });
  return `${body.message} [${body.code}]`;
}

/** On the user's own machine there is nothing to hide: say what happened. */
function unexpected(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return { ...toErrorBody(error), message };
}
