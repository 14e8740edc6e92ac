import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import { jobOfLease } from './jobs.ts';
import type { Lease, Segment, Step } from './state.ts';

const EMPTY = new Uint8Array(0);

/** Records the outcome of a shard that could not report itself: killed, or never started. */
export function recordLost(
  step: Step,
  lease: Lease,
  shard: number,
  outcome: Outcome,
  message: string,
): void {
  lease.runningShards--;
  const micros =
    outcome === Outcome.timeLimit ? jobOfLease(step.state, lease).view.limits.timeMs * 1000 : 0;
  record(step, lease, {
    first: shard,
    count: 1,
    statuses: Uint8Array.of(outcome),
    digests: new Uint8Array(DIGEST_BYTES),
    lengths: new Uint32Array(1),
    outputs: EMPTY,
    details: message === '' ? [] : [{ at: 0, message, stderr: '' }],
    computeMicros: micros,
  });
}

/** Adds results to their lease, in order, for a submission to pick up. */
export function record({ state, now }: Step, lease: Lease, segment: Segment): void {
  if (lease.segments.length === 0) lease.segmentsSince = now;
  let at = lease.segments.length;
  while (at > 0 && lease.segments[at - 1].first > segment.first) at--;
  lease.segments.splice(at, 0, segment);
  lease.segmentBytes += segment.outputs.length + segment.digests.length;
  lease.done += segment.count;
  state.totals.done += segment.count;
}
