import { fromUtf8 } from '../../shared/bytes.ts';
import { MAX_DETAIL_CHARS } from '../../shared/protocol/limits.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { RunResult } from './executor.ts';

const NOTHING = new Uint8Array();

/** A run whose canonical output counts. */
export function success(output: Uint8Array, stderr: string): RunResult {
  return { outcome: Outcome.ok, output, message: '', stderr };
}

/**
 * A run that failed. Replicas are compared by the outcome alone: messages differ between engines.
 * @param message a sentence for the requester
 */
export function failure(outcome: Outcome, message: string, stderr: string): RunResult {
  return { outcome, output: NOTHING, message: message.slice(0, MAX_DETAIL_CHARS), stderr };
}

/** The failure of a program that wrote more than it may. */
export function tooMuchOutput(limit: number, stderr: string): RunResult {
  return failure(
    Outcome.outputLimit,
    `The program wrote more than the job's limit of ${limit} bytes. Raise the limit or write less.`,
    stderr,
  );
}

/** Says that this machine had not enough memory. */
export function noMemory(memoryMiB: number): string {
  return `This machine could not give the program the memory that it asked for, within its limit of ${memoryMiB} MiB.`;
}

/** The end of what was written to stderr, for people. */
export function tailOf(stderr: Uint8Array): string {
  return stderr.length === 0 ? '' : fromUtf8(stderr.subarray(-MAX_DETAIL_CHARS));
}
