/**
 * How a run of a shard ended. Those below `FIRST_TRANSIENT` follow from the program and its input
 * alone, so replicas must agree on them and they can become verdicts; the others depend on the
 * machine, so they count as attempts and never as votes.
 */
export const Outcome = {
  ok: 0,
  /** The WASM program trapped (unreachable, out of bounds, stack overflow ...). */
  trap: 1,
  /** A non-zero exit code that the job does not collect. */
  exit: 2,
  /** The JavaScript function threw. */
  exception: 3,
  /** More output than `limits.outputBytes`. */
  outputLimit: 4,
  /** The program cannot be started: it does not compile, imports what it may not, exports no entry. */
  invalidProgram: 5,
  timeLimit: 16,
  memoryLimit: 17,
  /** The sandbox died under the program. */
  crashed: 18,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** In place of an outcome where a shard was given up: its attempts ran out without a verdict. */
export const GAVE_UP = 255;

const FIRST_TRANSIENT = 16;

const NAMES = new Map<number, OutcomeName>(
  Object.entries(Outcome).map(([name, code]) => [code, name as OutcomeName]),
);
export type OutcomeName = keyof typeof Outcome;

/** Name of an outcome code, or undefined where there is none of that number. */
export function outcomeName(code: number): OutcomeName | undefined {
  return NAMES.get(code);
}

/** Whether an outcome may depend on the machine and so is worth another attempt, never a vote. */
export function isTransient(code: number): boolean {
  return code >= FIRST_TRANSIENT;
}

/** Whether a run went beyond the job's own limits of time or memory. */
export function isBeyondLimits(code: number): boolean {
  return code === Outcome.timeLimit || code === Outcome.memoryLimit;
}
