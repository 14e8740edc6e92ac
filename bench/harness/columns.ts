import { hash } from 'node:crypto';
import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';

/** Tag of a returned value in canonical outputs, its length in one byte, and its longest text. */
const HEAD_BYTES = 2;
const MAX_VALUE_BYTES = 20;
const VALUE_TAG = 4;

/** The columns of a submission. */
export interface Columns {
  statuses: Uint8Array<ArrayBuffer>;
  digests: Uint8Array<ArrayBuffer>;
  lengths: Uint8Array<ArrayBuffer>;
  outputs: Uint8Array<ArrayBuffer>;
}

/**
 * Right answers to `count` shards from `first` for a function that returns a number, as a real node
 * would send them, at the least cost: the load generator has one core for many nodes.
 */
export function answerColumns(first: number, count: number): Columns {
  const statuses = new Uint8Array(count).fill(Outcome.ok);
  const digests = Buffer.alloc(DIGEST_BYTES * count);
  const lengths = new Uint32Array(count);
  const outputs = Buffer.alloc((HEAD_BYTES + MAX_VALUE_BYTES) * count);
  // An output behind its outcome's byte, which is hashed with it and not sent.
  const scratch = Buffer.alloc(1 + HEAD_BYTES + MAX_VALUE_BYTES);
  scratch[0] = Outcome.ok;
  scratch[1] = VALUE_TAG;
  let end = 0;
  for (let i = 0; i < count; i++) {
    const length = scratch.write(answer(first + i), 1 + HEAD_BYTES, 'latin1');
    scratch[2] = length;
    const whole = scratch.subarray(0, 1 + HEAD_BYTES + length);
    digests.write(hash('sha256', whole, 'latin1'), DIGEST_BYTES * i, 'latin1');
    scratch.copy(outputs, end, 1, whole.length);
    lengths[i] = whole.length - 1;
    end += lengths[i];
  }
  return {
    statuses,
    digests: plain(digests),
    lengths: new Uint8Array(lengths.buffer),
    outputs: plain(outputs.subarray(0, end)),
  };
}

/** JSON text of what the function returns for a shard. */
export function answer(shard: number): string {
  return String(shard * 3 + 1);
}

function plain(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
}
