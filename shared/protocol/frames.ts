import * as z from 'zod/mini';
import { BlobRef } from '../blob/ref.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../identity/keys.ts';
import { BLOCK_SHARDS } from '../job/limits.ts';
import { BlobId } from '../job/spec.ts';
import { JobView } from '../job/view.ts';
import {
  MAX_DETAIL_CHARS,
  MAX_DETAILS,
  MAX_GRANT_CHUNKS,
  MAX_HELD,
  MAX_MISSING_BYTES,
  MAX_MOVED_CHECKPOINT_BYTES,
  MAX_PEERS,
  MAX_THREADS,
  MAX_TICKET_BYTES,
} from './limits.ts';

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
/** libp2p peer id, as text; made anew for each session. */
const PeerId = z.string().check(z.regex(/^[A-Za-z0-9]{32,128}$/, 'must be a peer id'));
/** What an interrupted run left in `/checkpoint`. */
const Checkpoint = Bytes.check(
  z.refine((bytes) => bytes.length <= MAX_MOVED_CHECKPOINT_BYTES, 'is too long'),
);

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

/**
 * What an unfinished run left, for whoever runs the shard next: sent now and then while it runs, and
 * when the node leaves, before it renounces.
 */
const HandOver = z.strictObject({
  type: z.literal('hand-over'),
  ticket: Ticket,
  shard: Count,
  checkpoint: Checkpoint,
});

/**
 * The node has a peer id and would exchange data; answered by `entered`. Sent again with `reachable`
 * once peers can reach it through the relay, and with `reachable: false` when they no longer can.
 */
const Enter = z.strictObject({
  type: z.literal('enter'),
  peer: PeerId,
  reachable: z.boolean(),
});

/** The node needs chunks of a blob of this job; answered by `found`. */
const Seek = z.strictObject({
  type: z.literal('seek'),
  job: JobId,
  blob: BlobRef,
  /** Bits of a ChunkSet: what it lacks and nobody is sending it. */
  missing: Bytes.check(z.refine((bytes) => bytes.length <= MAX_MISSING_BYTES, 'is too long')),
  /** Bits of a ChunkSet: what is here and verified; so the coordinator knows which chunks are rare. */
  have: z.optional(
    Bytes.check(z.refine((bytes) => bytes.length <= MAX_MISSING_BYTES, 'is too long')),
  ),
  /** Further peers it has room for. */
  peers: z.int().check(z.nonnegative(), z.maximum(MAX_PEERS)),
  /** Chunks that it could fetch from the coordinator at once. */
  grant: z.int().check(z.nonnegative(), z.maximum(MAX_GRANT_CHUNKS)),
  /** No peer has sent anything for a while, or none can be reached: then the coordinator serves. */
  starved: z.boolean(),
  /** Peers that it is linked with: so the coordinator learns who can meet whom. */
  linked: z.optional(z.array(PeerId).check(z.maxLength(MAX_PEERS))),
  /** Of a requester's page that holds no lease of the job: leave to seek its outputs. */
  pass: z.optional(Ticket),
});

/** Blobs of a job that this node holds and serves; what it said of them before is replaced. */
const Hold = z.strictObject({
  type: z.literal('hold'),
  job: JobId,
  blobs: z
    .array(
      z.strictObject({
        blob: BlobRef,
        /** Chunks of it that are here. */
        chunks: Count,
        /** It was computed here and is nowhere else yet, as far as this node knows. */
        output: z.boolean(),
      }),
    )
    .check(z.minLength(1), z.maxLength(MAX_HELD)),
});

/** These blobs are no longer here. */
const Unhold = z.strictObject({
  type: z.literal('unhold'),
  blobs: z.array(BlobId).check(z.minLength(1), z.maxLength(MAX_HELD)),
});

/** A peer sent bytes that are not those of the chunk. */
const Accuse = z.strictObject({
  type: z.literal('accuse'),
  job: JobId,
  peer: PeerId,
  blob: BlobId,
  chunk: Count,
});

/** Bytes of blobs since the last such frame, for the operator's statistics. */
const Traffic = z.strictObject({
  type: z.literal('traffic'),
  fromPeers: Count,
  toPeers: Count,
  fromCoordinator: Count,
});

/** The node is about to leave and asks which of its outputs are needed; answered by `deposit` with `last`. */
const Parting = z.strictObject({ type: z.literal('parting') });

const Heartbeat = z.strictObject({ type: z.literal('heartbeat') });
const Leave = z.strictObject({ type: z.literal('leave') });

export const NodeFrame = z.discriminatedUnion('type', [
  Hello,
  Join,
  Want,
  Submit,
  Renounce,
  Resume,
  HandOver,
  Enter,
  Seek,
  Hold,
  Unhold,
  Accuse,
  Traffic,
  Parting,
  Heartbeat,
  Leave,
]);
export type NodeFrame = z.infer<typeof NodeFrame>;
/** Frames about data between peers: `worker/swarm` sends them, `coordinator/swarm` takes them. */
export type SwarmNodeFrame = Extract<
  NodeFrame,
  { type: 'enter' | 'seek' | 'hold' | 'unhold' | 'accuse' | 'traffic' | 'parting' }
>;
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
  /** What earlier runs of some of these shards left on nodes that are gone. */
  checkpoints: z.optional(
    z
      .array(z.strictObject({ shard: Count, checkpoint: Checkpoint }))
      .check(z.maxLength(BLOCK_SHARDS)),
  ),
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

/** Answer to `enter`: how peers find each other. */
const Entered = z.strictObject({
  type: z.literal('entered'),
  /** Relay for signalling: its peer id, and its WebSocket's path on the coordinator's address. */
  relay: z.strictObject({ peer: PeerId, path: z.string().check(z.maxLength(64)) }),
  /** The coordinator's key that introductions are signed with. */
  key: exactly(PUBLIC_KEY_BYTES),
  iceServers: z
    .array(
      z.strictObject({
        urls: z.array(z.string().check(z.maxLength(512))).check(z.maxLength(8)),
        username: z.optional(z.string().check(z.maxLength(512))),
        credential: z.optional(z.string().check(z.maxLength(512))),
      }),
    )
    .check(z.maxLength(8)),
});

/** Answer to `seek`. */
const Found = z.strictObject({
  type: z.literal('found'),
  job: JobId,
  blob: BlobId,
  /** Peers that hold some of it, with the ticket to show each. */
  peers: z
    .array(z.strictObject({ peer: PeerId, ticket: z.instanceof(Uint8Array) }))
    .check(z.maxLength(MAX_PEERS)),
  /** Chunks to fetch from the coordinator by HTTP now: this node is to spread them. */
  grant: z
    .array(z.strictObject({ first: Count, count: z.int().check(z.positive()) }))
    .check(z.maxLength(MAX_GRANT_CHUNKS)),
  /** Whether the coordinator has the blob at all; outputs may be on nodes only. */
  seeded: z.boolean(),
  /** Seek again after this time at the earliest. */
  retryMs: Count,
});

/** Upload these blobs (`PUT /v1/deposits/:id?ticket=`): the coordinator is to hold them. */
const Deposit = z.strictObject({
  type: z.literal('deposit'),
  blobs: z.array(z.strictObject({ blob: BlobId, ticket: Ticket })).check(z.maxLength(MAX_HELD)),
  /** Answer to `parting`: when these are uploaded, nothing keeps the node. */
  last: z.boolean(),
});

/**
 * Verdicts refer to these outputs: peers may have them from here on. Before that they would tell
 * another node of the same shard what to answer.
 */
const Decided = z.strictObject({
  type: z.literal('decided'),
  blobs: z.array(BlobId).check(z.maxLength(MAX_HELD)),
});

/** Nobody needs these outputs from this node any more. */
const Release = z.strictObject({
  type: z.literal('release'),
  blobs: z.array(BlobId).check(z.maxLength(MAX_HELD)),
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
  Entered,
  Found,
  Deposit,
  Decided,
  Release,
  Fault,
  Bye,
]);
export type CoordinatorFrame = z.infer<typeof CoordinatorFrame>;
/** Frames about data between peers: `coordinator/swarm` sends them, `worker/swarm` takes them. */
export type SwarmCoordinatorFrame = Extract<
  CoordinatorFrame,
  { type: 'entered' | 'found' | 'deposit' | 'decided' | 'release' }
>;
