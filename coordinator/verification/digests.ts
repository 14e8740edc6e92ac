import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';

/**
 * SHA-256 of the outcome (u8) followed by the output: `outputDigest` of `shared/verdict/digest.ts`,
 * or a faster function with the same result. The answer is read before the next call.
 */
export type OutputHash = (outcome: number, output: Uint8Array) => Uint8Array;

/** Outputs up to this length are remembered. */
const SHORT_BYTES = 64;

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
    const { digests, outputs } = columns;
    if (outcome === this.#outcome && end - start === this.#output.length)
      if (isAt(this.#output, outputs, start)) return isAt(this.#digest, digests, i * DIGEST_BYTES);
    const right = this.#hash(outcome, outputs.subarray(start, end));
    if (!isAt(right, digests, i * DIGEST_BYTES)) return false;
    // Long outputs are hardly ever equal, and comparing them would cost as much as hashing.
    if (end - start <= SHORT_BYTES) {
      this.#outcome = outcome;
      if (this.#output.length !== end - start) this.#output = new Uint8Array(end - start);
      for (let b = start; b < end; b++) this.#output[b - start] = outputs[b];
      this.#digest.set(right);
    }
    return true;
  }
}

/** Whether these bytes are found in `whole` from place `at` on. */
function isAt(bytes: Uint8Array, whole: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== whole[at + i]) return false;
  return true;
}
