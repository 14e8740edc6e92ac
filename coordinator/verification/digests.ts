import { equalBytes } from '../../shared/bytes.ts';
import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';

/**
 * SHA-256 of the outcome (u8) followed by the output: `outputDigest` of `shared/verdict/digest.ts`,
 * or a faster function with the same result. The answer is read before the next call.
 */
export type OutputHash = (outcome: number, output: Uint8Array) => Uint8Array;

/** The columns that an output is checked with. */
export interface OutputColumns {
  statuses: Uint8Array;
  digests: Uint8Array;
  outputs: Uint8Array;
}

/**
 * Checks outputs against their digests. Shards of one submission often have equal answers, so the
 * last good one is remembered and a copy of it is not hashed again.
 */
export class DigestCheck {
  readonly #hash: OutputHash;
  #outcome = -1;
  #output = new Uint8Array(0);
  #digest = new Uint8Array(DIGEST_BYTES);

  constructor(hash: OutputHash) {
    this.#hash = hash;
  }

  /** Whether the i-th result's digest is that of its outcome and of `outputs[start .. end]`. */
  holds(columns: OutputColumns, i: number, start: number, end: number): boolean {
    const outcome = columns.statuses[i];
    const output = columns.outputs.subarray(start, end);
    const digest = columns.digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES);
    if (outcome === this.#outcome && equalBytes(output, this.#output))
      return equalBytes(digest, this.#digest);
    const right = this.#hash(outcome, output);
    if (!equalBytes(digest, right)) return false;
    // Long outputs are hardly ever equal, and comparing them would cost as much as hashing.
    if (output.length <= 64) {
      this.#outcome = outcome;
      this.#output = output.slice();
      this.#digest.set(right);
    }
    return true;
  }
}
