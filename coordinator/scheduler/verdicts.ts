import { MAX_DETAIL_CHARS, MAX_DETAILS } from '../../shared/protocol/limits.ts';
import { GAVE_UP, outcomeName } from '../../shared/verdict/outcome.ts';
import type { Block } from './block.ts';
import type { Results, VerdictRecord } from './events.ts';

/** Collects the verdicts that one submission completes; used again for each submission. */
export class VerdictCollector {
  readonly #shards: Uint16Array;
  readonly #statuses: Uint8Array;
  readonly #agreed: Uint8Array;
  readonly #confidence: Float32Array;
  /** Places in the submission. */
  readonly #at: Uint16Array;
  #count = 0;

  /** @param most shards of the largest block */
  constructor(most: number) {
    this.#shards = new Uint16Array(most);
    this.#statuses = new Uint8Array(most);
    this.#agreed = new Uint8Array(most);
    this.#confidence = new Float32Array(most);
    this.#at = new Uint16Array(most);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /**
   * @param shard within the block
   * @param at its place in the submission
   * @param status its outcome, or `GAVE_UP`
   */
  add(shard: number, at: number, status: number, agreed: number, confidence: number): void {
    const i = this.#count++;
    this.#shards[i] = shard;
    this.#at[i] = at;
    this.#statuses[i] = status;
    this.#agreed[i] = agreed;
    this.#confidence[i] = confidence;
  }

  /**
   * The record of what was collected.
   * @param starts where each output of the submission begins, and the end of the last
   */
  record(block: Block, results: Results, starts: Uint32Array, now: number): VerdictRecord {
    const count = this.#count;
    return {
      job: block.job,
      block: block.number,
      at: now,
      shards: this.#shards.slice(0, count),
      statuses: this.#statuses.slice(0, count),
      agreed: this.#agreed.slice(0, count),
      confidence: this.#confidence.slice(0, count),
      ...this.#outputs(results, starts),
      details: this.#details(block, results),
    };
  }

  #outputs(
    { outputs }: Results,
    starts: Uint32Array,
  ): { lengths: Uint32Array; outputs: Uint8Array } {
    const count = this.#count;
    const at = this.#at;
    const lengths = new Uint32Array(count);
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      if (this.#statuses[i] !== GAVE_UP) lengths[i] = starts[at[i] + 1] - starts[at[i]];
      bytes += lengths[i];
    }
    const from = starts[at[0]];
    const to = starts[at[count - 1] + 1];
    // Verdicts on all results in a row: their outputs lie side by side already.
    if (to - from === bytes) return { lengths, outputs: outputs.subarray(from, to) };
    const chosen = new Uint8Array(bytes);
    let end = 0;
    for (let i = 0; i < count; i++) {
      const start = starts[at[i]];
      chosen.set(outputs.subarray(start, start + lengths[i]), end);
      end += lengths[i];
    }
    return { lengths, outputs: chosen };
  }

  #details(block: Block, results: Results): VerdictRecord['details'] {
    const told = new Map(results.details.map((detail) => [detail.at, detail]));
    const details: VerdictRecord['details'] = [];
    for (let i = 0; i < this.#count && details.length < MAX_DETAILS; i++) {
      const at = this.#at[i];
      const detail = told.get(at);
      if (this.#statuses[i] === GAVE_UP) {
        const runs = block.attempts[this.#shards[i]];
        const last = outcomeName(results.statuses[at]);
        const message = `No verdict after ${runs} ${runs === 1 ? 'run' : 'runs'}. The last one ended with ${last}. ${detail?.message ?? ''}`;
        details.push({
          at: i,
          message: message.trimEnd().slice(0, MAX_DETAIL_CHARS),
          stderr: detail?.stderr ?? '',
        });
      } else if (detail) details.push({ ...detail, at: i });
    }
    return details;
  }
}
