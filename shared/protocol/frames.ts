import * as z from 'zod/mini';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../identity/keys.ts';
import { BLOCK_SHARDS } from '../job/limits.ts';
import { JobView } from '../job/view.ts';
import { MAX_DETAIL_CHARS, MAX_DETAILS, MAX_THREADS, MAX_TICKET_BYTES } from './limits.ts';

/**
 * The wire between node and coordinator: every frame of either direction, and no behaviour.
 * A frame is one CBOR map in one binary WebSocket message.
 */

const Bytes = z.instanceof(Uint8Array);
const exactly = (length: number) =>
  Bytes.check(z.refine((bytes) => bytes.length === length, `must be ${length} bytes`));
const Count = z.int().check(z.nonnegative());
const ShardCount = z.int().check(z.minimum(1), z.maximum(BLOCK_SHARDS));
const Ticket = Bytes.check(z.refine((bytes) => bytes.length <= MAX_TICKET_BYTES, 'is too long'));
const JobId = z.string().check(z.maxLength(64));

/** First frame of a node: what it speaks and who it is. */
const Hello = z.strictObject({
  type: z.literal('hello'),
  versions: z.array(z.int()).check(z.minLength(1), z.maxLength(16)),
  node: exactly(PUBLIC_KEY_BYTES),
  agent: z.string().check(z.maxLength(200)),
});

/** Proof of the key, and what the node can run. */
const Join = z.strictObject({
  type: z.literal('join'),
  signature: exactly(SIGNATURE_BYTES),
  kinds: z.array(z.enum(['wasi', 'javascript'])).check(z.maxLength(16)),
  threads: z.int().check(z.minimum(1), z.maximum(MAX_THREADS)),
  memoryMiB: Count,
  /** Project ids that the contributor chose; absent for any. */
  projects: z.optional(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(256))),
});

/**
 * Demand: the node asks to be given work until it holds `shards` more, or about `milliseconds` of
 * computing more, whichever the coordinator can judge better. Replaces the demand before it;
 * zero `threads` takes it back (pause).
 */
const Want = z.strictObject({
  type: z.literal('want'),
  threads: z.int().check(z.nonnegative(), z.maximum(MAX_THREADS)),
  milliseconds: Count,
});

/**
 * Results of the shards `first .. first + count - 1`, a part of the lease that the ticket is for.
 * Columns: `statuses` one outcome (u8) each, `digests` 32 bytes each, `lengths` u32 little-endian
 * each, `outputs` all canonical outputs one after the other.
 */
const Submit = z.strictObject({
  type: z.literal('submit'),
  ticket: Ticket,
  first: Count,
  count: ShardCount,
  statuses: Bytes,
  digests: Bytes,
  lengths: Bytes,
  outputs: Bytes,
  /** Why shards failed, for their requester; not compared. `at` counts from `first`. */
  details: z
    .array(
      z.strictObject({
        at: Count,
        message: z.string().check(z.maxLength(MAX_DETAIL_CHARS)),
        stderr: z.string().check(z.maxLength(MAX_DETAIL_CHARS)),
      }),
    )
    .check(z.maxLength(MAX_DETAILS)),
  /** Computing time of all these shards together, in microseconds, over all threads. */
  computeMicros: Count,
  signature: exactly(SIGNATURE_BYTES),
});

/** Gives back what is left of leases (Finish, Pause that lasts, an unusable program). */
const Renounce = z.strictObject({
  type: z.literal('renounce'),
  tickets: z.array(Ticket).check(z.maxLength(4096)),
});

/** After a reconnect or reload: leases this node still means to complete. */
const Resume = z.strictObject({
  type: z.literal('resume'),
  tickets: z.array(Ticket).check(z.maxLength(4096)),
});

const Heartbeat = z.strictObject({ type: z.literal('heartbeat') });
const Leave = z.strictObject({ type: z.literal('leave') });

export const NodeFrame = z.discriminatedUnion('type', [
  Hello,
  Join,
  Want,
  Submit,
  Renounce,
  Resume,
  Heartbeat,
  Leave,
]);
export type NodeFrame = z.infer<typeof NodeFrame>;
export type SubmitFrame = z.infer<typeof Submit>;

/** Answer to hello: the version both speak from here on, and what to sign. */
const Welcome = z.strictObject({
  type: z.literal('welcome'),
  version: z.int(),
  challenge: Bytes,
});

/** The node is in. Totals are over this node's whole life. */
const Joined = z.strictObject({
  type: z.literal('joined'),
  /** Milliseconds since 1970 at the coordinator, to translate deadlines. */
  time: Count,
  agreed: Count,
  rejected: Count,
});

/** All there is to know about a job before its first lease on this connection. */
const Job = z.strictObject({ type: z.literal('job'), job: JobView });

/** Leave to run the shards `first .. first + count - 1` of the job until the deadline. */
const Lease = z.strictObject({
  type: z.literal('lease'),
  job: JobId,
  first: Count,
  count: ShardCount,
  /** Milliseconds since 1970 at the coordinator. */
  deadline: Count,
  ticket: Ticket,
});

/** The submission is durable (or was before): the node may forget it. */
const Ack = z.strictObject({
  type: z.literal('ack'),
  ticket: Ticket,
  first: Count,
  count: ShardCount,
});

/** The submission will never be taken: the node may forget it, and says why. */
const Refuse = z.strictObject({
  type: z.literal('refuse'),
  ticket: Ticket,
  first: Count,
  count: ShardCount,
  code: z.string(),
  message: z.string(),
});

/** Stop working on these tickets: cancelled, expired, or decided without this node. */
const Revoke = z.strictObject({
  type: z.literal('revoke'),
  tickets: z.array(Ticket),
  reason: z.enum(['cancelled', 'expired', 'decided', 'unknown']),
});

/** Verdicts on what this node submitted: totals over its whole life. */
const Tally = z.strictObject({ type: z.literal('tally'), agreed: Count, rejected: Count });

/** Why there is no lease for this node's demand just now. */
const Idle = z.strictObject({
  type: z.literal('idle'),
  reason: z.enum(['no-jobs', 'none-for-kind', 'none-for-project', 'waiting-for-others', 'banned']),
});

/** Something this node sent could not be used. The connection goes on unless it is closed as well. */
const Fault = z.strictObject({ type: z.literal('error'), code: z.string(), message: z.string() });

/** The coordinator is going down in order; reconnect after the pause. */
const Bye = z.strictObject({ type: z.literal('bye'), retryAfterMs: Count });

export const CoordinatorFrame = z.discriminatedUnion('type', [
  Welcome,
  Joined,
  Job,
  Lease,
  Ack,
  Refuse,
  Revoke,
  Tally,
  Idle,
  Fault,
  Bye,
]);
export type CoordinatorFrame = z.infer<typeof CoordinatorFrame>;
