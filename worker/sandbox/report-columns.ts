import { concat } from '../../shared/bytes.ts';
import { MAX_DETAILS } from '../../shared/protocol/limits.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { RunResult } from '../executors/executor.ts';
import type { BatchReport } from './runner.ts';

/** Results of contiguous shards on their way into one report. */
export class ReportColumns {
  outputBytes = 0;
  readonly #statuses: number[] = [];
  readonly #lengths: number[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #details: BatchReport['details'] = [];
  readonly #keepStderr: boolean;

  constructor(keepStderr: boolean) {
    this.#keepStderr = keepStderr;
  }

  get count(): number {
    return this.#statuses.length;
  }

  add({ outcome, output, message, stderr }: RunResult): void {
    const failed = outcome !== Outcome.ok;
    if ((failed || (this.#keepStderr && stderr !== '')) && this.#details.length < MAX_DETAILS) {
      this.#details.push({ at: this.count, message, stderr });
    }
    this.#statuses.push(outcome);
    this.#lengths.push(output.length);
    if (output.length > 0) this.#outputs.push(output);
    this.outputBytes += output.length;
  }

  /** @param first number of the first shard in the job */
  report(batch: number, first: number, computeMicros: number): BatchReport {
    return {
      batch,
      first,
      count: this.count,
      statuses: Uint8Array.from(this.#statuses),
      lengths: Uint32Array.from(this.#lengths),
      outputs: concat(this.#outputs),
      details: this.#details,
      computeMicros,
    };
  }
}
