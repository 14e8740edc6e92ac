import type { JobView } from '../../../shared/job/view.ts';
import type { CoordinatorFrame, NodeFrame } from '../../../shared/protocol/frames.ts';
import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import type { BatchReport } from '../../sandbox/runner.ts';
import type {
  EngineEffect,
  EngineEvent,
  Kept,
  KeptCheckpoint,
  KeptLease,
  KeptSubmission,
} from '../events.ts';
import { Engine } from './engine.ts';
import { checkInvariants, type PlayedSlot } from './test-invariants.ts';
import { ticketKey } from './ticket.ts';

type Effect<T extends EngineEffect['type']> = Extract<EngineEffect, { type: T }>;

/**
 * An engine with the world around it played by hand: the test says when things happen, the world
 * keeps what was asked for and checks on every step what must always hold.
 */
export class TestWorld {
  now = 1_000;
  engine: Engine;
  readonly sent: NodeFrame[] = [];
  readonly slots = new Map<number, PlayedSlot>();
  readonly loads: Effect<'load'>[] = [];
  readonly signing: Effect<'sign'>[] = [];
  readonly fetching: Effect<'fetch'>[] = [];
  readonly starting: number[] = [];
  /** Shards of each ticket that went into submissions, and tickets given back or taken away. */
  readonly submitted = new Map<string, Set<number>>();
  readonly ended = new Set<string>();
  readonly unstaged: { slot: number; batch: number }[] = [];
  connection: 'none' | 'asked' | 'open' = 'none';
  challenge: Uint8Array<ArrayBuffer> | null = null;
  wakeAt = Number.POSITIVE_INFINITY;
  stopped = false;
  readonly kept = {
    submissions: new Map<string, KeptSubmission>(),
    leases: new Map<string, KeptLease>(),
    checkpoints: new Map<string, KeptCheckpoint>(),
  };

  constructor(kept: Kept = { submissions: [], leases: [], checkpoints: [] }) {
    for (const item of kept.submissions) {
      this.kept.submissions.set(item.key, item);
      this.noteSubmitted(item.frame);
    }
    for (const item of kept.leases) this.kept.leases.set(item.key, item);
    for (const item of kept.checkpoints)
      this.kept.checkpoints.set(`${item.job}/${item.shard}`, item);
    this.engine = new Engine({
      publicKey: new Uint8Array(32),
      agent: 'test',
      kinds: ['wasi', 'javascript'],
      memoryMiB: 1024,
      projects: null,
    });
  }

  /** Sends an event and plays its effects; returns them. */
  handle(event: EngineEvent): EngineEffect[] {
    const effects = this.engine.handle(event, this.now);
    for (const effect of effects) this.play(effect);
    checkInvariants(this.engine.state, this.slots, this.submitted);
    return effects;
  }

  /** Lets time pass, waking the engine whenever it asked for it. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.wakeAt <= end && !this.stopped) {
      this.now = Math.max(this.now, this.wakeAt);
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.handle({ type: 'tick' });
    }
    this.now = end;
  }

  /** Starts with so many threads and goes on until the node has joined and its slots are ready. */
  begin(threads: number, kept: Kept = { submissions: [], leases: [], checkpoints: [] }): void {
    this.handle({ type: 'start', kept });
    this.handle({ type: 'budget', threads, reason: null });
    this.join();
    this.readyAll();
  }

  /** Plays the handshake of a connection that was asked for. */
  join(): void {
    if (this.connection !== 'asked') return;
    this.connection = 'open';
    this.handle({ type: 'opened' });
    this.receive({ type: 'welcome', version: 2, challenge: Uint8Array.of(1, 2, 3) });
    if (!this.challenge) return;
    this.handle({ type: 'proved', challenge: this.challenge, signature: new Uint8Array(64) });
    this.receive({ type: 'joined', time: this.now + 5_000, agreed: 0, rejected: 0 });
  }

  receive(frame: CoordinatorFrame): EngineEffect[] {
    return this.handle({ type: 'frame', frame });
  }

  /** A lease with its job, and the ticket it came with. */
  lease(
    job: JobView,
    first: number,
    count: number,
    deadlineMs = 3_600_000,
  ): Uint8Array<ArrayBuffer> {
    const ticket = new TextEncoder().encode(`${job.id} ${first} ${count} ${this.now}`);
    this.receive({ type: 'job', job });
    const deadline = this.now + 5_000 + deadlineMs;
    this.receive({ type: 'lease', job: job.id, first, count, deadline, ticket });
    return ticket;
  }

  drop(): void {
    if (this.connection === 'none') return;
    this.connection = 'none';
    this.handle({ type: 'closed', random: 0.5 });
  }

  readyAll(): void {
    for (const slot of this.starting.splice(0)) this.handle({ type: 'slot-ready', slot });
  }

  fetchAll(): void {
    for (const { job } of this.fetching.splice(0)) this.handle({ type: 'fetched', job: job.id });
  }

  loadAll(): void {
    for (const { slot, load } of this.loads.splice(0)) this.handle({ type: 'loaded', slot, load });
  }

  signAll(): void {
    for (const { submission } of this.signing.splice(0))
      this.handle({ type: 'signed', submission, signature: new Uint8Array(64) });
  }

  stageAll(): void {
    for (const event of this.unstaged.splice(0)) this.handle({ type: 'staged', ...event });
  }

  /** A batch never reached its runner. */
  failStage(failed: { slot: number; batch: number }): void {
    const played = this.slots.get(failed.slot);
    if (played) played.batches = played.batches.filter((it) => it.batch.id !== failed.batch);
    this.handle({ type: 'stage-failed', ...failed, message: 'not found' });
  }

  /** Everything that is asked of this machine, but not the running of shards. */
  serve(): void {
    this.readyAll();
    this.fetchAll();
    this.loadAll();
    this.stageAll();
    this.signAll();
  }

  /** Reports the next `count` shards of a slot's first batch, with outputs of so many bytes. */
  report(slot: number, count: number, micros = 1_000, bytes = 1): void {
    const played = this.slots.get(slot);
    const head = played?.batches[0];
    if (!played || !head) return;
    const end = head.batch.first + head.batch.count;
    const shards = Math.min(count, end - head.next);
    const report: BatchReport = {
      batch: head.batch.id,
      first: head.next,
      count: shards,
      statuses: new Uint8Array(shards),
      lengths: new Uint32Array(shards).fill(bytes),
      outputs: new Uint8Array(shards * bytes).fill(7),
      details: [],
      computeMicros: micros * shards,
    };
    head.next += shards;
    if (head.next === end) played.batches.shift();
    const digests = new Uint8Array(shards * DIGEST_BYTES).fill(9);
    this.handle({ type: 'report', slot, report, digests });
  }

  /** Runs everything to its end, a shard taking so long. */
  runAll(micros = 1_000): void {
    for (let round = 0; round < 10_000; round++) {
      this.serve();
      const busy = [...this.slots].filter(([, slot]) => slot.batches.length > 0);
      if (busy.length === 0) break;
      for (const [number] of busy) this.report(number, 4096, micros);
    }
    this.pass(1_000);
    this.signAll();
  }

  /** Confirms all submissions that were sent and are not answered yet. */
  ackAll(): void {
    for (const frame of this.sent.splice(0))
      if (frame.type === 'submit')
        this.receive({ type: 'ack', ticket: frame.ticket, first: frame.first, count: frame.count });
  }

  sentOf<T extends NodeFrame['type']>(type: T): Extract<NodeFrame, { type: T }>[] {
    return this.sent.filter((frame) => frame.type === type) as Extract<NodeFrame, { type: T }>[];
  }

  /** What a crash would leave behind. */
  storage(): Kept {
    return {
      submissions: [...this.kept.submissions.values()],
      leases: [...this.kept.leases.values()],
      checkpoints: [...this.kept.checkpoints.values()],
    };
  }

  private play(effect: EngineEffect): void {
    switch (effect.type) {
      case 'connect':
        if (this.connection !== 'none') throw new Error('connected twice');
        this.connection = 'asked';
        break;
      case 'disconnect':
        this.connection = 'none';
        this.handleLater({ type: 'closed', random: 0.5 });
        break;
      case 'send':
        if (this.connection !== 'open') throw new Error(`sent ${effect.frame.type} while closed`);
        if (effect.frame.type === 'renounce')
          for (const key of ticketsOf([effect.frame])) this.ended.add(key);
        this.sent.push(effect.frame);
        break;
      case 'prove':
        this.challenge = effect.challenge;
        break;
      case 'sign':
        this.signing.push(effect);
        this.noteSubmitted(effect.frame);
        break;
      case 'fetch':
        this.fetching.push(effect);
        break;
      case 'wake':
        this.wakeAt = effect.at;
        break;
      case 'stopped':
        this.stopped = true;
        break;
      case 'release':
        break;
      default:
        if ('slot' in effect) this.playSlot(effect);
        else this.playStorage(effect);
    }
  }

  private noteSubmitted({ ticket, first, count }: Effect<'sign'>['frame']): void {
    const key = ticketKey(ticket);
    const shards = this.submitted.get(key) ?? new Set();
    this.submitted.set(key, shards);
    for (let shard = first; shard < first + count; shard++) {
      if (shards.has(shard)) throw new Error('a shard is submitted twice for one lease');
      shards.add(shard);
    }
  }

  private handleLater(event: EngineEvent): void {
    queueMicrotask(() => this.handle(event));
  }

  private playSlot(effect: Extract<EngineEffect, { slot: number }>): void {
    const { slot } = effect;
    if (effect.type === 'create-slot') {
      this.slots.set(slot, { job: null, batches: [] });
      this.starting.push(slot);
      return;
    }
    const played = this.slots.get(slot);
    if (!played) throw new Error(`${effect.type} on a slot that is not there`);
    if (effect.type === 'load') {
      if (played.batches.length > 0) throw new Error('loaded under a running batch');
      played.job = effect.job.id;
      this.loads.push(effect);
    } else if (effect.type === 'run') {
      if (played.job !== effect.job.id) throw new Error('batch on the wrong program');
      played.batches.push({ batch: effect.batch, next: effect.batch.first });
      if (effect.job.inputs.kind !== 'range') this.unstaged.push({ slot, batch: effect.batch.id });
    } else {
      played.batches = [];
      played.job = null;
      for (let at = this.loads.length - 1; at >= 0; at--)
        if (this.loads[at].slot === slot) this.loads.splice(at, 1);
      if (effect.type === 'dispose-slot') this.slots.delete(slot);
      else this.starting.push(slot);
    }
  }

  private playStorage(effect: EngineEffect): void {
    const { submissions, leases, checkpoints } = this.kept;
    if (effect.type === 'keep-submission')
      submissions.set(effect.submission.key, effect.submission);
    else if (effect.type === 'forget-submission') submissions.delete(effect.key);
    else if (effect.type === 'keep-lease') leases.set(effect.lease.key, effect.lease);
    else if (effect.type === 'forget-lease') leases.delete(effect.key);
    else if (effect.type === 'keep-checkpoint') {
      const { checkpoint } = effect;
      checkpoints.set(`${checkpoint.job}/${checkpoint.shard}`, checkpoint);
    } else if (effect.type === 'forget-checkpoint')
      checkpoints.delete(`${effect.job}/${effect.shard}`);
  }
}

/** Slots that have something to do. */
export function busySlots(world: TestWorld): number[] {
  return [...world.slots].filter(([, slot]) => slot.batches.length > 0).map(([number]) => number);
}

/** Shards in the submissions that were sent. */
export function submitted(world: TestWorld): number {
  return world.sentOf('submit').reduce((sum, frame) => sum + frame.count, 0);
}

/** Tickets of frames as comparable strings. */
export function ticketsOf(frames: readonly { tickets: Uint8Array[] }[]): string[] {
  return frames.flatMap((frame) => frame.tickets.map(ticketKey));
}
