import type {
  LeaseClaim,
  SchedulerEffect,
  SchedulerEvent,
} from '../../coordinator/scheduler/events.ts';
import { Scheduler } from '../../coordinator/scheduler/scheduler.ts';
import { Checker } from '../../coordinator/scheduler/testing/checker.ts';
import { Durable } from '../../coordinator/scheduler/testing/durable.ts';
import { toHex } from '../../shared/bytes.ts';
import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import { HEARTBEAT_MISSES, HEARTBEAT_MS } from '../../shared/protocol/limits.ts';
import { digestOf, type VirtualJob } from './jobs.ts';
import type { Random } from './random.ts';
import { claimOf, TicketBook } from './tickets.ts';
import type { Timeline } from './timeline.ts';

type Effect<T extends SchedulerEffect['type']> = Extract<SchedulerEffect, { type: T }>;

/** As in the real coordinator. */
const TICK_MS = 500;
/** Commits that fail, so that their blocks are lost to the scheduler. */
const COMMIT_FAILS = 0.001;

/** One connection, as the coordinator has it. */
export interface Session {
  network: string | null;
  send(frame: CoordinatorFrame): void;
  /** The coordinator hangs up. */
  drop(): void;
  number: number;
  key: string;
  joined: boolean;
  heardAt: number;
  /** Jobs that were described on it. */
  readonly told: Set<number>;
}

/** The real scheduler between a simulated store and simulated connections. */
export class VirtualCoordinator {
  readonly durable = new Durable();
  readonly checker = new Checker();
  running = false;
  /** Crashes, commits, commits that failed, and acknowledged submissions. */
  readonly counts = {
    starts: 0,
    commits: 0,
    failed: 0,
    acks: 0,
    handOvers: 0,
    moves: 0,
    refusals: new Map<string, number>(),
  };
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #jobs: Map<number, VirtualJob>;
  readonly #numbers = new Map<string, number>();
  readonly #tickets = new TicketBook();
  #scheduler: Scheduler;
  #life = 0;
  #nextNode = 1;
  #sessions = new Map<number, Session>();
  #gathered: SchedulerEffect[] = [];
  #writing = false;
  /** What has to happen between two commits. */
  #between: (() => void)[] = [];

  constructor(timeline: Timeline, random: Random, jobs: readonly VirtualJob[]) {
    this.#timeline = timeline;
    this.#random = random;
    this.#jobs = new Map(jobs.map((job) => [job.spec.job, job]));
    for (const { spec, view } of jobs) {
      this.durable.addJob(spec);
      this.checker.addJob(spec);
      this.#numbers.set(view.id, spec.job);
    }
    this.#scheduler = this.#newScheduler();
  }

  start(): void {
    this.running = true;
    this.counts.starts++;
    this.#life++;
    this.#scheduler = this.#newScheduler();
    for (const [number, { state }] of this.durable.jobs)
      if (state === 'running') this.#handle(this.durable.added(number));
    this.#tick(this.#life);
  }

  /** Everything in memory is lost, and all connections. */
  crash(): void {
    this.running = false;
    this.#life++;
    this.#gathered = [];
    this.#between = [];
    this.#writing = false;
    for (const session of this.#sessions.values()) session.drop();
    this.#sessions.clear();
  }

  /** A new connection; its frames and its end are told by `received` and `closed`. */
  accept(connection: Pick<Session, 'network' | 'send' | 'drop'>): Session {
    const session: Session = {
      ...connection,
      number: this.#nextNode++,
      key: '',
      joined: false,
      heardAt: this.#timeline.now,
      told: new Set(),
    };
    this.#sessions.set(session.number, session);
    return session;
  }

  received(session: Session, frame: NodeFrame): void {
    if (!this.running || this.#sessions.get(session.number) !== session) return;
    session.heardAt = this.#timeline.now;
    const node = session.number;
    switch (frame.type) {
      case 'hello':
        session.key = toHex(frame.node);
        session.send({ type: 'welcome', version: 2, challenge: Uint8Array.of(node & 255) });
        break;
      case 'join':
        this.#join(session, frame);
        break;
      case 'want':
        this.#handle({
          type: 'node-wants',
          node,
          threads: frame.threads,
          milliseconds: frame.milliseconds,
        });
        break;
      case 'submit': {
        const claim = this.#tickets.read(frame.ticket);
        this.#handle({ type: 'submitted', node, claim, results: frame });
        break;
      }
      case 'hand-over': {
        const claim = this.#tickets.read(frame.ticket);
        const { shard, checkpoint } = frame;
        this.counts.handOvers++;
        this.#handle({ type: 'handed-over', node, claim, shard, checkpoint });
        break;
      }
      case 'renounce':
        this.#handle({ type: 'renounced', node, leases: this.#readAll(frame.tickets) });
        break;
      case 'resume':
        this.#handle({ type: 'resumed', node, leases: this.#readAll(frame.tickets) });
        break;
      case 'leave':
        this.closed(session);
        break;
      case 'heartbeat':
        break;
    }
  }

  closed(session: Session): void {
    if (this.#sessions.get(session.number) !== session) return;
    this.#sessions.delete(session.number);
    if (session.joined) this.#handle({ type: 'node-gone', node: session.number });
  }

  /** Opens the failed shards of a job again, as its requester asked. */
  retry(number: number): void {
    this.#between.push(() => {
      const { state, blocks, spec } = this.durable.job(number);
      for (const [block, { statuses }] of blocks)
        for (const [k, status] of statuses)
          if (status !== 0) this.checker.retried(number, block * spec.blockShards + k);
      if (this.durable.retry(number, 'all') === 0) return;
      const finished = this.durable.finished(number);
      if (state !== 'running') this.#handle(this.durable.added(number));
      else this.#handle({ type: 'shards-retried', job: number, shards: 'all', finished });
    });
  }

  /** Whether all jobs have ended, durably. */
  isDone(): boolean {
    for (const { state } of this.durable.jobs.values()) if (state === 'running') return false;
    return this.running;
  }

  /** Leases that are out now, and the earliest of their deadlines. */
  leases(): { count: number; earliest: number } {
    return this.#scheduler.views.leases();
  }

  #join(session: Session, frame: Extract<NodeFrame, { type: 'join' }>): void {
    session.joined = true;
    const total = this.durable.credits.get(session.key);
    const { agreed, rejected } = total ?? { agreed: 0, rejected: 0 };
    session.send({ type: 'joined', time: this.#timeline.now, agreed, rejected });
    this.#handle({
      type: 'node-joined',
      node: session.number,
      key: session.key,
      network: session.network,
      kinds: frame.kinds,
      threads: frame.threads,
      memoryMiB: frame.memoryMiB,
      projects: frame.projects ?? null,
    });
  }

  #readAll(tickets: readonly Uint8Array[]): LeaseClaim[] {
    return tickets.map((ticket) => this.#tickets.read(ticket));
  }

  #newScheduler(): Scheduler {
    return new Scheduler({
      hash: digestOf,
      firstLease: BigInt(Math.floor(this.#timeline.now)) * 1000n,
    });
  }

  #tick(life: number): void {
    this.#timeline.after(TICK_MS, () => {
      if (this.#life !== life) return;
      const silent = this.#timeline.now - HEARTBEAT_MS * HEARTBEAT_MISSES;
      for (const session of [...this.#sessions.values()])
        if (session.heardAt < silent) {
          session.drop();
          this.closed(session);
        }
      this.#handle({ type: 'tick' });
      this.#tick(life);
    });
  }

  #handle(event: SchedulerEvent): void {
    for (const effect of this.#scheduler.handle(event, this.#timeline.now)) {
      if (effect.type === 'lease') this.#lease(effect);
      else if (effect.type === 'refuse') this.#refuse(effect);
      else if (effect.type === 'revoke') this.#revoke(effect);
      else if (effect.type === 'idle')
        this.#sessions.get(effect.node)?.send({ type: 'idle', reason: effect.reason });
      else this.#gathered.push(effect);
    }
    this.#write();
  }

  #lease({ node, claim, checkpoints }: Effect<'lease'>): void {
    const session = this.#sessions.get(node);
    const job = this.#jobs.get(claim.job);
    if (!session || !job) return;
    if (claim.nodeKey !== session.key) throw new Error('a lease went to another node');
    if (!session.told.has(claim.job)) session.send({ type: 'job', job: job.view });
    session.told.add(claim.job);
    const { first, count, deadline } = claim;
    session.send({
      type: 'lease',
      job: job.view.id,
      first,
      count,
      deadline,
      ticket: this.#tickets.issue(claim),
      ...(checkpoints ? { checkpoints: [...checkpoints] } : {}),
    });
    if (checkpoints) this.counts.moves++;
  }

  #refuse({ node, lease, first, count, code, message }: Effect<'refuse'>): void {
    const { refusals } = this.counts;
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    const ticket = this.#tickets.find(lease);
    this.#sessions.get(node)?.send({ type: 'refuse', ticket, first, count, code, message });
  }

  #revoke({ node, leases, reason }: Effect<'revoke'>): void {
    const tickets = leases.map((lease) => this.#tickets.find(lease));
    this.#sessions.get(node)?.send({ type: 'revoke', tickets, reason });
  }

  /** Group commits: what gathers while one is written goes into the next. */
  #write(): void {
    if (this.#writing || this.#gathered.length === 0) return;
    this.#writing = true;
    const life = this.#life;
    this.#timeline.after(this.#random.between(1, 40), () => {
      if (this.#life !== life) return;
      const batch = this.#gathered.splice(0);
      this.#timeline.after(this.#random.between(1, 40), () => {
        if (this.#life !== life) return;
        this.#writing = false;
        if (this.#random.chance(COMMIT_FAILS)) this.#lost(batch);
        else this.#committed(batch);
        if (this.#gathered.length === 0) for (const work of this.#between.splice(0)) work();
        this.#write();
      });
    });
  }

  #committed(batch: readonly SchedulerEffect[]): void {
    this.counts.commits++;
    this.durable.commit(batch);
    this.checker.committed(batch);
    for (const effect of batch) if (effect.type === 'ack') this.#acknowledge(effect);
    for (const effect of batch)
      if (effect.type === 'claim-block') this.#handle(this.durable.claim(effect.job, effect.block));
  }

  #acknowledge({ node, lease, first, count }: Effect<'ack'>): void {
    this.counts.acks++;
    const session = this.#sessions.get(node);
    if (!session) return;
    const ticket = this.#tickets.find(lease);
    const { job } = claimOf(ticket);
    for (let shard = first; shard < first + count; shard++)
      if (!this.checker.mayForget(job, shard, session.key, session.network ?? ''))
        throw new Error(`shard ${shard} was acknowledged and is not kept`);
    session.send({ type: 'ack', ticket, first, count });
  }

  /** A commit failed: it, and what was built on it in the meantime, never happened. */
  #lost(batch: readonly SchedulerEffect[]): void {
    this.counts.failed++;
    const blocks = new Map<string, { job: number; block: number }>();
    const claims: SchedulerEffect[] = [];
    for (const effect of [...batch, ...this.#gathered.splice(0)]) {
      if (effect.type === 'claim-block') claims.push(effect);
      else if (effect.type === 'finish-block') blocks.set(`${effect.job}/${effect.block}`, effect);
      else if (effect.type === 'keep-submission') {
        const { job, block } = effect.submission.claim;
        blocks.set(`${job}/${block}`, { job, block });
      }
    }
    this.#gathered.push(...claims);
    this.#handle({ type: 'blocks-lost', blocks: [...blocks.values()] });
  }
}
