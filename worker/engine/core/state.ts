import type { JobView } from '../../../shared/job/view.ts';
import type { SubmitFrame } from '../../../shared/protocol/frames.ts';
import type { EngineEffect, HoldReason, IdleReason, SlotNumber, WorkView } from '../events.ts';

/** Contiguous shards that no slot has. */
export interface PendingRange {
  first: number;
  count: number;
  /** Run it with a report after every shard: one of them never ended or broke its sandbox. */
  isolate: boolean;
  /** It was begun before and interrupted; Finish completes it. */
  begun: boolean;
}

/** Results of contiguous shards that are in no submission yet; columns as on the wire. */
export interface Segment {
  first: number;
  count: number;
  statuses: Uint8Array<ArrayBuffer>;
  digests: Uint8Array<ArrayBuffer>;
  lengths: Uint32Array<ArrayBuffer>;
  outputs: Uint8Array<ArrayBuffer>;
  details: { at: number; message: string; stderr: string }[];
  computeMicros: number;
}

export interface Lease {
  /** The ticket as a string. */
  key: string;
  ticket: Uint8Array<ArrayBuffer>;
  job: string;
  first: number;
  count: number;
  /** Milliseconds since 1970 at the coordinator. */
  deadline: number;
  receivedAt: number;
  /** In ascending order. */
  pending: PendingRange[];
  /** Shards in `pending`. */
  pendingShards: number;
  /** Shards that slots have. */
  runningShards: number;
  /** Shards computed. */
  done: number;
  segments: Segment[];
  segmentBytes: number;
  /** When the oldest of the segments came. */
  segmentsSince: number;
  /** Whether it is in the storage. */
  kept: boolean;
}

export interface JobRecord {
  view: JobView;
  program: 'absent' | 'fetching' | 'ready';
  /** Running mean of a shard's computing time in microseconds; null before the first report. */
  shardMicros: number | null;
  /** Why its program can never run. */
  invalid: string | null;
  loadFailures: number;
  leases: number;
  /** When its last lease ended. */
  idleSince: number;
}

/** A batch that a slot has. Shards `next .. end - 1` are not reported yet. */
export interface Run {
  batch: number;
  /** Null where nobody wants the results any more: it only runs out. */
  lease: string | null;
  next: number;
  end: number;
  isolate: boolean;
  /** Its runner has it (file-backed shards wait for their content before). */
  staged: boolean;
  shardMs: number;
}

export interface Slot {
  number: SlotNumber;
  /** `starting`: waits for `slot-ready`; `ready`: no program; `loading`; `loaded`. */
  state: 'starting' | 'ready' | 'loading' | 'loaded';
  /** Job of the program that is loaded or loading. */
  job: string | null;
  load: number;
  queue: Run[];
  /** Last sign of life, from which silence is measured; when `state` changed, where nothing runs. */
  heardAt: number;
  /** Not wanted any more: when it is taken away at the latest. */
  drainUntil: number | null;
}

export interface OutboxEntry {
  key: string;
  frame: Omit<SubmitFrame, 'signature'> & { signature: SubmitFrame['signature'] | null };
  bytes: number;
  since: number;
  /** When it was sent on this connection. */
  sentAt: number | null;
  kept: boolean;
}

export interface Checkpoint {
  job: string;
  shard: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** When it was last written to the storage, and whether something newer is in memory. */
  keptAt: number;
  dirty: boolean;
  /** When it is next worth a hand-over; infinity while the coordinator has what is here. */
  handOverAt: number;
  /** When it was last handed over; null where never. */
  handedAt: number | null;
}

/** Everything an engine knows: plain data, so that it can be cloned and looked at. */
export interface EngineState {
  now: number;
  stopped: boolean;
  threads: number;
  hold: HoldReason | null;
  paused: boolean;
  /** Since when nothing may run: paused or held. */
  haltedSince: number | null;
  finishingSince: number | null;
  /** Whether results are here that perhaps nobody else has, and whether they were handed over. */
  outputsKept: boolean;
  parting: 'no' | 'asked' | 'done';
  connection: {
    state: 'closed' | 'opening' | 'greeting' | 'proving' | 'joined';
    /** When it came into this state. */
    since: number;
    attempt: number;
    retryAt: number;
    /** The least pause before the next attempt, as the coordinator asked. */
    atLeastMs: number;
    challenge: Uint8Array<ArrayBuffer> | null;
    /** Coordinator's clock minus ours. */
    clockOffset: number;
    heartbeatAt: number;
    /** When a submission was last answered. */
    answeredAt: number;
    refused: IdleReason | null;
  };
  demand: {
    /** What was asked for last on this connection; null when nothing yet. */
    asked: { threads: number; milliseconds: number; at: number } | null;
    /** Leases came since. */
    answered: boolean;
    /** The coordinator's reason for giving nothing. */
    idle: IdleReason | null;
    restUntil: number;
    troubles: number;
  };
  jobs: Map<string, JobRecord>;
  leases: Map<string, Lease>;
  slots: Map<SlotNumber, Slot>;
  slotFailures: number;
  slotRetryAt: number;
  /** By key: ticket, first and count. In the order in which they were made. */
  outbox: Map<string, OutboxEntry>;
  outboxBytes: number;
  checkpoints: Map<string, Checkpoint>;
  checkpointBytes: number;
  /** No checkpoint is handed over before, so that they take little of the uplink. */
  handOverFreeAt: number;
  next: { slot: number; load: number; batch: number };
  wakeAt: number;
  totals: { done: number; agreed: number; rejected: number };
  problem: WorkView['problem'];
}

/** One call of `handle`: the state, the time, and the effects so far. */
export interface Step {
  readonly state: EngineState;
  readonly now: number;
  readonly effects: EngineEffect[];
}

export function initialState(): EngineState {
  return {
    now: 0,
    stopped: false,
    threads: 0,
    hold: null,
    paused: false,
    haltedSince: null,
    finishingSince: null,
    outputsKept: false,
    parting: 'no',
    connection: {
      state: 'closed',
      since: 0,
      attempt: 0,
      retryAt: 0,
      atLeastMs: 0,
      challenge: null,
      clockOffset: 0,
      heartbeatAt: 0,
      answeredAt: 0,
      refused: null,
    },
    demand: { asked: null, answered: false, idle: null, restUntil: 0, troubles: 0 },
    jobs: new Map(),
    leases: new Map(),
    slots: new Map(),
    slotFailures: 0,
    slotRetryAt: 0,
    outbox: new Map(),
    outboxBytes: 0,
    checkpoints: new Map(),
    checkpointBytes: 0,
    handOverFreeAt: 0,
    next: { slot: 1, load: 1, batch: 1 },
    wakeAt: Number.POSITIVE_INFINITY,
    totals: { done: 0, agreed: 0, rejected: 0 },
    problem: null,
  };
}

/** Whether nothing may run: paused by the contributor or held back by the governor. */
export function halted(state: EngineState): boolean {
  return state.paused || state.threads === 0;
}
