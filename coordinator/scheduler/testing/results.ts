import { concat, utf8 } from '../../../shared/bytes.ts';
import { DIGEST_BYTES, outputDigest } from '../../../shared/verdict/digest.ts';
import { isTransient } from '../../../shared/verdict/outcome.ts';
import type { Results } from '../events.ts';

/** What a node says of one shard. */
export interface Answer {
  outcome: number;
  output: string;
  /** Given where it is not that of the output. */
  digest?: Uint8Array;
  message?: string;
}

/** Columns of a submission of these answers, the first for shard `first`. */
export function resultsOf(first: number, answers: readonly Answer[], micros = 1000): Results {
  const count = answers.length;
  const lengths = new DataView(new ArrayBuffer(4 * count));
  const digests = new Uint8Array(count * DIGEST_BYTES);
  const outputs = answers.map(({ output }) => utf8(output));
  answers.forEach(({ outcome, digest }, i) => {
    lengths.setUint32(4 * i, outputs[i].length, true);
    if (!isTransient(outcome))
      digests.set(digest ?? outputDigest(outcome, outputs[i]), i * DIGEST_BYTES);
  });
  return {
    first,
    count,
    statuses: Uint8Array.from(answers, ({ outcome }) => outcome),
    digests,
    lengths: new Uint8Array(lengths.buffer),
    outputs: concat(outputs),
    details: answers.flatMap(({ message }, at) => (message ? [{ at, message, stderr: '' }] : [])),
    computeMicros: micros * count,
    signature: new Uint8Array(64),
  };
}
