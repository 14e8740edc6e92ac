import { utf8 } from '../../shared/bytes.ts';
import { JobSpec } from '../../shared/job/spec.ts';
import { DIGEST_BYTES, outputDigest } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { SubmissionRecord, VerdictRecord } from '../scheduler/events.ts';
import type { NewJob } from './store.ts';

/** Small well-formed rows for tests and benchmarks of stores. */

export const NODE_A = 'aa'.repeat(32);
export const NODE_B = 'bb'.repeat(32);

/** A range job of so many shards. */
export function exampleJob(requester: number, job: Partial<NewJob> = {}): NewJob {
  const shards = job.shards ?? 10_000;
  return {
    id: crypto.randomUUID(),
    requester,
    spec: JobSpec.parse({
      name: 'example',
      program: { kind: 'javascript', blob: 'ab'.repeat(32) },
      inputs: { kind: 'range', from: 1, to: shards },
    }),
    shards,
    blockShards: 4096,
    index: null,
    stage: null,
    programBytes: 10,
    createdAt: 1_700_000_000_000,
    idempotencyKey: null,
    ...job,
  };
}

/** Successful results of `count` shards from `first`, each with its own output. */
export function exampleSubmission(
  place: { job: number; block: number; lease: bigint; first: number; count: number },
  changes: { nodeKey?: string; statuses?: number[]; computeMicros?: number } = {},
): SubmissionRecord {
  const { first, count } = place;
  const outputs = Array.from({ length: count }, (_, i) => utf8(`output ${first + i}`));
  const digests = new Uint8Array(DIGEST_BYTES * count);
  outputs.forEach((output, i) => {
    digests.set(outputDigest(Outcome.ok, output), DIGEST_BYTES * i);
  });
  return {
    claim: { ...place, deadline: 1_700_000_600_000, nodeKey: changes.nodeKey ?? NODE_A },
    network: '192.0.2.0/24',
    at: 1_700_000_001_000,
    results: {
      first,
      count,
      statuses: Uint8Array.from(changes.statuses ?? new Array(count).fill(Outcome.ok)),
      digests,
      lengths: new Uint8Array(Uint32Array.from(outputs, (output) => output.length).buffer),
      outputs: new Uint8Array(Buffer.concat(outputs)),
      details: [],
      computeMicros: changes.computeMicros ?? 1000,
      signature: new Uint8Array(64).fill(7),
    },
  };
}

/** Verdicts for shards (numbered within the block), all with the same status. */
export function exampleVerdicts(
  place: { job: number; block: number },
  shards: number[],
  status: number = Outcome.ok,
): VerdictRecord {
  const outputs = shards.map((shard) => utf8(`verdict ${shard}`));
  return {
    ...place,
    at: 1_700_000_002_000,
    shards: Uint16Array.from(shards),
    statuses: new Uint8Array(shards.length).fill(status),
    agreed: new Uint8Array(shards.length).fill(2),
    confidence: new Float32Array(shards.length).fill(0.5),
    lengths: Uint32Array.from(outputs, (output) => output.length),
    outputs: new Uint8Array(Buffer.concat(outputs)),
    details: status === Outcome.ok ? [] : [{ at: 0, message: 'why', stderr: 'err' }],
  };
}
