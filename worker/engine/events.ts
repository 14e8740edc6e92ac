import type { ProgramKind } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { CoordinatorFrame, NodeFrame, SubmitFrame } from '../../shared/protocol/frames.ts';
import type { Batch, BatchReport } from '../sandbox/runner.ts';
import type { SwarmView } from '../swarm/swarm-view.ts';

/**
 * What goes into the volunteer's engine and what comes out of it. The engine is a pure state
 * machine: `handle(event, now)` changes its state and returns effects for the runtime to carry out
 * in order. `now` is in milliseconds, never runs backwards, and comes from outside, as does chance.
 */

/** One execution slot (a runner); numbered by the engine, a number is never used again. */
export type SlotNumber = number;

/** Why the governor lets nothing run just now. */
export type HoldReason = 'battery' | 'battery-low' | 'pressure';

/** What a node says of itself when it joins. */
export interface NodeOffer {
  publicKey: Uint8Array<ArrayBuffer>;
  /** Free text for the coordinator's log: "browser 0.1.0". */
  agent: string;
  kinds: readonly ProgramKind[];
  memoryMiB: number;
  /** Project ids that the contributor chose; null for any. */
  projects: readonly string[] | null;
}

/** A signed submission that is to survive a crash; `key` names it in the storage. */
export interface KeptSubmission {
  key: string;
  frame: SubmitFrame;
}

/** A lease with checkpoints that is to survive a crash; `key` names it in the storage. */
export interface KeptLease {
  key: string;
  job: JobView;
  first: number;
  count: number;
  /** Milliseconds since 1970 at the coordinator. */
  deadline: number;
  ticket: Uint8Array<ArrayBuffer>;
}

/** What an interrupted run left in `/checkpoint`. */
export interface KeptCheckpoint {
  job: string;
  shard: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What the storage gives back at the start. */
export interface Kept {
  submissions: readonly KeptSubmission[];
  leases: readonly KeptLease[];
  checkpoints: readonly KeptCheckpoint[];
}

/** A batch as the engine plans it; the runtime adds the content of file-backed shards. */
export type PlannedBatch = Omit<Batch, 'content' | 'jobId'>;

export type EngineEvent =
  /** First event, once. */
  | { type: 'start'; kept: Kept }
  /** How many threads may run now, at any time; 0 with the reason holds everything back. */
  | { type: 'budget'; threads: number; reason: HoldReason | null }
  /** The contributor's buttons. Pause stops at once; finish completes what runs and then stops. */
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'finish' }
  | { type: 'cancel-finish' }
  /** The page goes away: say so and give everything back. Nothing works after it. */
  | { type: 'leave' }
  /** The connection that `connect` asked for. `random` in [0, 1) spreads the next attempt. */
  | { type: 'opened' }
  | { type: 'closed'; random: number }
  | { type: 'frame'; frame: CoordinatorFrame }
  /** Answers to `prove`, `sign`, `fetch`. */
  | { type: 'proved'; challenge: Uint8Array<ArrayBuffer>; signature: Uint8Array<ArrayBuffer> }
  | { type: 'signed'; submission: string; signature: Uint8Array<ArrayBuffer> }
  | { type: 'fetched'; job: string }
  | { type: 'fetch-failed'; job: string; code?: string; message: string }
  /** From the runners. A slot is ready when it can take a program: when new and after each kill. */
  | { type: 'slot-ready'; slot: SlotNumber }
  | { type: 'slot-died'; slot: SlotNumber; reason: string }
  | { type: 'loaded'; slot: SlotNumber; load: number }
  | { type: 'load-failed'; slot: SlotNumber; load: number; code: string; message: string }
  /** A batch of file-backed shards has its content and was handed to its runner, or could not be. */
  | { type: 'staged'; slot: SlotNumber; batch: number }
  | { type: 'stage-failed'; slot: SlotNumber; batch: number; code?: string; message: string }
  /** There is no room here for what the batch at the head of the slot put out. */
  | { type: 'keep-failed'; slot: SlotNumber; batch: number; code: string; message: string }
  /** Whether results are here that perhaps nobody else has: Finish hands them over first. */
  | { type: 'outputs-kept'; any: boolean }
  /** Answer to `part`, in bounded time. */
  | { type: 'parted' }
  /** `digests`: 32 bytes each, zeros for transient outcomes. */
  | { type: 'report'; slot: SlotNumber; report: BatchReport; digests: Uint8Array<ArrayBuffer> }
  | {
      type: 'checkpoint';
      slot: SlotNumber;
      batch: number;
      shard: number;
      bytes: Uint8Array<ArrayBuffer>;
    }
  /** The time that `wake` asked for has come; harmless at any other time. */
  | { type: 'tick' };

export type EngineEffect =
  /** Open a connection. `closed` comes exactly once for each, also after `disconnect`. */
  | { type: 'connect' }
  | { type: 'disconnect' }
  | { type: 'send'; frame: NodeFrame }
  /** Sign the coordinator's challenge. */
  | { type: 'prove'; challenge: Uint8Array<ArrayBuffer> }
  /** Sign a submission: all fields of the frame but its signature. `submission` comes back as it is. */
  | { type: 'sign'; submission: string; frame: Omit<SubmitFrame, 'signature'> }
  /** Have the job's program and blobs at hand; `release` when no lease needs them any more. */
  | { type: 'fetch'; job: JobView }
  | { type: 'release'; job: string }
  | { type: 'create-slot'; slot: SlotNumber }
  | { type: 'dispose-slot'; slot: SlotNumber }
  /** Stop all that the slot runs or loads; it says `slot-ready` when it is usable again. */
  | { type: 'kill-slot'; slot: SlotNumber }
  | { type: 'load'; slot: SlotNumber; load: number; job: JobView }
  /** Queue a batch on a slot that has the job loaded. File-backed ones are answered by `staged`. */
  | { type: 'run'; slot: SlotNumber; job: JobView; batch: PlannedBatch }
  /** Storage: what is to survive a crash. */
  | { type: 'keep-submission'; submission: KeptSubmission }
  | { type: 'forget-submission'; key: string }
  | { type: 'keep-lease'; lease: KeptLease }
  | { type: 'forget-lease'; key: string }
  | { type: 'keep-checkpoint'; checkpoint: KeptCheckpoint }
  | { type: 'forget-checkpoint'; job: string; shard: number }
  /** Send `tick` at this time; replaces the time asked for before. */
  | { type: 'wake'; at: number }
  /** Hand over the results that only this node has; answered by `parted`. */
  | { type: 'part' }
  /** Finish is complete: everything is given back, the connection is closed. */
  | { type: 'stopped' };

/** Where the node stands, as a contributor is told. */
export type Phase = 'off' | 'starting' | 'running' | 'paused' | 'held' | 'finishing';

/** Why nothing runs although the contributor wants it to; null while something runs. */
export type IdleReason =
  | HoldReason
  | 'paused'
  | 'connecting'
  | 'offline'
  | 'too-old'
  | 'banned'
  | 'asking'
  | 'no-jobs'
  | 'none-for-kind'
  | 'none-for-project'
  | 'waiting-for-others'
  | 'downloading'
  | 'download-failed'
  /** What the next shards need would go beyond the day's data cap. */
  | 'data-cap'
  /** The cache has no room for results. */
  | 'no-room'
  | 'starting-sandbox'
  | 'uploading';

/** What the contributor is shown of the work: small, cloneable, made on demand. */
export interface WorkView {
  phase: Phase;
  /** Finish was asked for (also while paused). */
  finishing: boolean;
  idle: IdleReason | null;
  connection: 'connecting' | 'connected' | 'offline';
  /** Threads that may run, and those that do. */
  threads: number;
  busy: number;
  /** Jobs with leases here, the oldest first. */
  running: {
    job: string;
    name: string;
    project: string;
    /** Shards in the leases held, and those of them computed. */
    shards: number;
    done: number;
  }[];
  /** Shards computed since the start. */
  done: number;
  /** Computed, but the coordinator has not confirmed that it holds them. */
  unconfirmed: number;
  /** Verdicts over this node's whole life. */
  agreed: number;
  rejected: number;
  /** The last thing that went wrong, for people; null when all is well. */
  problem: { code: string; message: string } | null;
}

/** What the contributor is shown: of the work, and of the data that it needs. */
export interface EngineView extends WorkView {
  swarm: SwarmView;
}
