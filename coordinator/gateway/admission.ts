import { ManyhandsError } from '../../shared/errors.ts';
import { submissionMessage } from '../../shared/identity/messages.ts';
import { MAX_INLINE_OUTPUT_BYTES } from '../../shared/job/limits.ts';
import type { SubmitFrame } from '../../shared/protocol/frames.ts';
import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import { isTransient, outcomeName } from '../../shared/verdict/outcome.ts';
import { decodeOutput, hasReferences } from '../../shared/verdict/output.ts';
import type { LeaseClaim, Results } from '../scheduler/events.ts';
import type { NodeKey } from './node-key.ts';

/** Bytes of a length in its column. */
const LENGTH_BYTES = 4;
/** What tags, lengths and the paths of 64 collected files add to an output within its limit. */
const CANONICAL_OVERHEAD_BYTES = 64 * 1024;

const KNOWN_OUTCOME = Uint8Array.from({ length: 256 }, (_, code) => (outcomeName(code) ? 1 : 0));

/** The node that a submission came from. */
export interface Submitter {
  /** Public key in hexadecimal. */
  key: string;
  nodeKey: NodeKey;
}

/**
 * A submission's results, once it is certain that this node was leased those shards, that the
 * columns fit each other and the job, and that the node signed them.
 *
 * @param outputLimit the job's limit on one output, in bytes
 * @throws ManyhandsError `TICKET_OF_ANOTHER_NODE`, `SUBMISSION_OUTSIDE_LEASE`, `SUBMISSION_INVALID`, `SIGNATURE_INVALID`.
 */
export function admit(
  frame: SubmitFrame,
  claim: LeaseClaim,
  submitter: Submitter,
  outputLimit: number,
): Results {
  if (claim.nodeKey !== submitter.key)
    throw new ManyhandsError(
      'TICKET_OF_ANOTHER_NODE',
      'These shards were leased to another node. Submit only what this node was given.',
    );
  const { first, count } = frame;
  if (first < claim.first || first + count > claim.first + claim.count)
    throw new ManyhandsError(
      'SUBMISSION_OUTSIDE_LEASE',
      'These shards are not part of the lease. Submit only what the ticket is for.',
      { first, count, leaseFirst: claim.first, leaseCount: claim.count },
    );
  checkColumns(frame, outputLimit + CANONICAL_OVERHEAD_BYTES);
  if (!submitter.nodeKey.signed(submissionMessage(frame), frame.signature))
    throw new ManyhandsError(
      'SIGNATURE_INVALID',
      "The signature does not fit these results and this connection's key.",
    );
  return {
    first,
    count,
    statuses: frame.statuses,
    digests: frame.digests,
    lengths: frame.lengths,
    outputs: frame.outputs,
    details: frame.details,
    computeMicros: frame.computeMicros,
    signature: frame.signature,
  };
}

function checkColumns(frame: SubmitFrame, longest: number): void {
  const { count, statuses, digests, lengths, outputs, details } = frame;
  if (statuses.length !== count) throw invalid('statuses must have one byte a shard');
  if (digests.length !== DIGEST_BYTES * count) throw invalid('digests must have 32 bytes a shard');
  if (lengths.length !== LENGTH_BYTES * count) throw invalid('lengths must have 4 bytes a shard');
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const status = statuses[i];
    const length = view.getUint32(LENGTH_BYTES * i, true);
    if (KNOWN_OUTCOME[status] === 0) throw invalid(`there is no outcome ${status}`);
    if (length > Math.min(longest, MAX_INLINE_OUTPUT_BYTES))
      throw invalid("an output is larger than the job's limit, or should be a reference");
    if (length > 0 && isTransient(status)) throw invalid('an unfinished run has no output');
    const output = outputs.subarray(total, total + length);
    if (hasReferences(output) && length + referredBytes(output) > longest)
      throw invalid("an output refers to more than the job's limit");
    total += length;
  }
  if (total !== outputs.length) throw invalid('lengths do not add up to the outputs');
  if (details.some(({ at }) => at >= count)) throw invalid('details are for other shards');
}

/** Bytes that an output refers to. What cannot be read refers to nothing: no verdict makes use of it. */
function referredBytes(output: Uint8Array): number {
  try {
    return (decodeOutput(output).referred ?? []).reduce((sum, { blob }) => sum + blob.bytes, 0);
  } catch {
    return 0;
  }
}

function invalid(problem: string): ManyhandsError {
  return new ManyhandsError(
    'SUBMISSION_INVALID',
    `This submission contradicts itself or its job: ${problem}.`,
    { problem },
  );
}
