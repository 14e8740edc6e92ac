import type { CoordinatorFrame } from '../../../shared/protocol/frames.ts';
import type { EngineEffect, EngineEvent, Kept, NodeOffer, WorkView } from '../events.ts';
import { assignWork } from './assign.ts';
import { keepCheckpoints, restoreCheckpoint, saveCheckpoint } from './checkpoints.ts';
import { leaseArrived, tendDemand } from './demand.ts';
import { handOverDue } from './hand-over.ts';
import { addJob, tendJobs } from './jobs.ts';
import { addLease, endLeases, restoreLease, revokeLeases } from './leases.ts';
import { SLEPT_MS } from './limits.ts';
import {
  flushDue,
  keepUnconfirmed,
  restoreSubmission,
  submissionAnswered,
  submissionSigned,
} from './outbox.ts';
import { takeReport } from './reports.ts';
import {
  abandonConnection,
  closed,
  faulted,
  greet,
  join,
  joined,
  proveIdentity,
  tendConnection,
} from './session.ts';
import {
  batchStaged,
  leaseOfRun,
  slotLoaded,
  slotReady,
  tendSlots,
  unstageBatch,
} from './slots.ts';
import type { EngineState, Step } from './state.ts';
import { halted, initialState } from './state.ts';
import { leaveNow, tendFinish } from './stop.ts';
import { ticketKey } from './ticket.ts';
import { answerInvalid, fetchFailed, keepFailed, loadFailed, stageFailed } from './trouble.ts';
import { viewOf } from './view.ts';
import { nextWakeAt } from './wake.ts';
import { forgiveSilence, slotDied, watchSlots } from './watchdog.ts';

/**
 * The volunteer's state machine. No I/O, no clock, no chance: `handle` takes one event and the
 * time and returns what is to be done, in order. Everything it knows is in `state`, plain data.
 */
export class Engine {
  readonly state: EngineState = initialState();
  private readonly offer: NodeOffer;

  constructor(offer: NodeOffer) {
    this.offer = offer;
  }

  /** `now`: milliseconds, any origin, never running backwards. */
  handle(event: EngineEvent, now: number): EngineEffect[] {
    const { state } = this;
    if (state.stopped) return [];
    const step: Step = { state, now, effects: [] };
    if (state.now > 0 && now - state.now >= SLEPT_MS) wakeUp(step, now - state.now);
    state.now = now;
    this.apply(step, event);
    if (!state.stopped) settle(step);
    return step.effects;
  }

  /** What a contributor is shown. */
  view(): WorkView {
    return viewOf(this.state);
  }

  private apply(step: Step, event: EngineEvent): void {
    const { state } = step;
    switch (event.type) {
      case 'start':
        restore(step, event.kept);
        break;
      case 'budget':
        state.threads = event.threads;
        state.hold = event.threads === 0 ? event.reason : null;
        break;
      case 'pause':
        state.paused = true;
        break;
      case 'resume':
        state.paused = false;
        break;
      case 'finish':
        // What a pause interrupted is completed too, so the pause ends.
        state.paused = false;
        state.finishingSince ??= step.now;
        break;
      case 'cancel-finish':
        state.finishingSince = null;
        state.parting = 'no';
        break;
      case 'outputs-kept':
        state.outputsKept = event.any;
        break;
      case 'parted':
        if (state.parting === 'asked') state.parting = 'done';
        break;
      case 'leave':
        leaveNow(step);
        break;
      case 'opened':
        greet(step, this.offer);
        break;
      case 'closed':
        closed(step, event.random);
        break;
      case 'frame':
        takeFrame(step, event.frame);
        break;
      case 'proved':
        join(step, this.offer, event.challenge, event.signature);
        break;
      case 'signed':
        submissionSigned(step, event.submission, event.signature);
        break;
      case 'fetched': {
        const job = state.jobs.get(event.job);
        if (job?.program === 'fetching') job.program = 'ready';
        break;
      }
      case 'fetch-failed':
        fetchFailed(step, event.job, event.message, event.code);
        break;
      default:
        takeSlotEvent(step, event);
        break;
    }
  }
}

type SlotEvent = Extract<EngineEvent, { type: 'tick' } | { slot: number }>;

function takeSlotEvent(step: Step, event: SlotEvent): void {
  switch (event.type) {
    case 'slot-ready':
      slotReady(step, event.slot);
      break;
    case 'slot-died':
      slotDied(step, event.slot, event.reason);
      break;
    case 'loaded':
      slotLoaded(step, event.slot, event.load);
      break;
    case 'load-failed':
      loadFailed(step, event.slot, event.load, event.code, event.message);
      break;
    case 'staged':
      batchStaged(step, event.slot, event.batch);
      break;
    case 'stage-failed': {
      const lease = unstageBatch(step, event.slot, event.batch);
      if (lease) stageFailed(step, lease, event.message, event.code);
      break;
    }
    case 'keep-failed':
      keepFailed(step, event.slot, event.batch, event.code, event.message);
      break;
    case 'report':
      takeReport(step, event.slot, event.report, event.digests);
      break;
    case 'checkpoint': {
      const [run] = step.state.slots.get(event.slot)?.queue ?? [];
      if (run?.batch !== event.batch || event.shard < run.next || event.shard >= run.end) break;
      const lease = leaseOfRun(step.state, run);
      if (lease) saveCheckpoint(step, lease, event.shard, event.bytes);
      break;
    }
    case 'tick':
      // Whatever is due is found out in `settle`. A timer may fire early, and it fires only once.
      step.state.wakeAt = Number.POSITIVE_INFINITY;
      break;
  }
}

function takeFrame(step: Step, frame: CoordinatorFrame): void {
  const { state } = step;
  switch (frame.type) {
    case 'welcome':
      proveIdentity(step, frame);
      break;
    case 'joined':
      joined(step, frame);
      break;
    case 'job':
      addJob(step, frame.job);
      break;
    case 'lease':
      leaseArrived(step);
      addLease(step, frame);
      break;
    case 'ack':
    case 'refuse':
      submissionAnswered(step, frame);
      break;
    case 'revoke':
      revokeLeases(step, frame);
      break;
    case 'tally':
      state.totals.agreed = frame.agreed;
      state.totals.rejected = frame.rejected;
      break;
    case 'idle':
      state.demand.idle = frame.reason;
      break;
    case 'error':
      faulted(step, frame.code, frame.message);
      break;
    case 'bye':
      state.connection.atLeastMs = frame.retryAfterMs;
      break;
    // Taken by the swarm, beside the engine.
    case 'entered':
    case 'found':
    case 'deposit':
    case 'decided':
    case 'release':
      break;
  }
}

function restore(step: Step, kept: Kept): void {
  for (const submission of kept.submissions) restoreSubmission(step, submission);
  for (const checkpoint of kept.checkpoints) restoreCheckpoint(step, checkpoint);
  for (const lease of kept.leases) {
    addJob(step, lease.job);
    const key = ticketKey(lease.ticket);
    const frames = kept.submissions.map((submission) => submission.frame);
    restoreLease(
      step,
      lease,
      frames.filter((frame) => ticketKey(frame.ticket) === key),
    );
  }
}

/** The machine slept: no program was silent, and the coordinator has given us up meanwhile. */
function wakeUp(step: Step, milliseconds: number): void {
  forgiveSilence(step, milliseconds);
  if (step.state.connection.state === 'joined') abandonConnection(step);
}

/** After every event: whatever the state and the time now ask for. */
function settle(step: Step): void {
  const { state, now } = step;
  state.haltedSince = halted(state) ? (state.haltedSince ?? now) : null;
  watchSlots(step);
  tendSlots(step);
  tendConnection(step);
  answerInvalid(step);
  tendJobs(step);
  flushDue(step);
  assignWork(step);
  endLeases(step);
  keepUnconfirmed(step);
  keepCheckpoints(step);
  handOverDue(step);
  tendDemand(step);
  if (tendFinish(step)) return;
  const at = nextWakeAt(state);
  // An earlier wake than needed is harmless, so the one asked for stands until it has passed.
  if (at >= state.wakeAt && state.wakeAt > now) return;
  state.wakeAt = at;
  if (at < Number.POSITIVE_INFINITY) step.effects.push({ type: 'wake', at });
}
