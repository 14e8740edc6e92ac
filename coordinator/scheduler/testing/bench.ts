import { outputDigest } from '../../../shared/verdict/digest.ts';
import type {
  LeaseClaim,
  Results,
  ScheduledJob,
  SchedulerEffect,
  SchedulerEvent,
} from '../events.ts';
import { Scheduler } from '../scheduler.ts';
import { Durable } from './durable.ts';
import { type Answer, resultsOf } from './results.ts';

type Effect<T extends SchedulerEffect['type']> = Extract<SchedulerEffect, { type: T }>;
type Joined = Extract<SchedulerEvent, { type: 'node-joined' }>;

/** A job of 100 shards in one block, two replicas, anything overridden. */
export function exampleJob(over: Partial<ScheduledJob> = {}): ScheduledJob {
  return {
    job: 1,
    requester: 1,
    project: 'p',
    kind: 'wasi',
    memoryMiB: 64,
    timeMs: 10_000,
    shards: 100,
    blockShards: 4096,
    replication: { policy: 'quorum', replicas: 2, quorum: 2, maxAttempts: 6 },
    networks: 'wait',
    deadline: null,
    priority: 0,
    createdAt: 0,
    ...over,
  };
}

/** The right answer of a shard. */
function rightAnswer(shard: number): Answer {
  return { outcome: 0, output: `answer ${shard}` };
}

/** A scheduler with a store that answers at once, and time that the test moves. */
export class Bench {
  now = 1_000_000_000_000;
  scheduler: Scheduler;
  readonly durable = new Durable();
  /** All effects so far, in order. */
  readonly effects: SchedulerEffect[] = [];
  readonly keys = new Map<number, string>();
  #runs = 0;

  constructor() {
    this.scheduler = this.#newScheduler();
  }

  /** Handles an event, and the store's answers to what it leads to; returns all effects. */
  handle(event: SchedulerEvent): SchedulerEffect[] {
    const all: SchedulerEffect[] = [];
    const events = [event];
    for (let next = events.shift(); next; next = events.shift()) {
      const effects = this.scheduler.handle(next, this.now);
      this.durable.commit(effects);
      all.push(...effects);
      for (const effect of effects)
        if (effect.type === 'claim-block')
          events.push(this.durable.claim(effect.job, effect.block));
    }
    this.effects.push(...all);
    return all;
  }

  addJob(over: Partial<ScheduledJob> = {}): ScheduledJob {
    const job = exampleJob(over);
    this.durable.addJob(job);
    this.handle(this.durable.added(job.job));
    return job;
  }

  /** A node of this number joins; its key is made of the number unless one is given. */
  join(node: number, over: Partial<Joined> = {}): void {
    const key = over.key ?? `key ${node}`;
    this.keys.set(node, key);
    this.handle({
      type: 'node-joined',
      node,
      key,
      network: null,
      kinds: ['wasi', 'javascript'],
      threads: 1,
      memoryMiB: 1024,
      projects: null,
      ...over,
    });
  }

  /** The node asks for work; returns the leases it got. */
  want(node: number, milliseconds = 1_000_000, threads = 1): LeaseClaim[] {
    return leasesOf(this.handle({ type: 'node-wants', node, threads, milliseconds }), node);
  }

  /** Sends results for a lease: by default the right ones for all of it. */
  submit(node: number, claim: LeaseClaim, results = rightResults(claim)): SchedulerEffect[] {
    return this.handle({ type: 'submitted', node, claim, results });
  }

  tick(milliseconds: number): SchedulerEffect[] {
    this.now += milliseconds;
    return this.handle({ type: 'tick' });
  }

  /** Everything in memory is lost; a new coordinator starts on the store. */
  restart(): void {
    this.scheduler = this.#newScheduler();
    this.keys.clear();
    for (const [number, { state }] of this.durable.jobs)
      if (state === 'running') this.handle(this.durable.added(number));
  }

  of<T extends SchedulerEffect['type']>(type: T, effects = this.effects): Effect<T>[] {
    return effects.filter((effect): effect is Effect<T> => effect.type === type);
  }

  #newScheduler(): Scheduler {
    this.#runs++;
    return new Scheduler({ hash: outputDigest, firstLease: BigInt(this.#runs) << 40n });
  }
}

/** The leases among some effects that went to this node. */
export function leasesOf(effects: readonly SchedulerEffect[], node: number): LeaseClaim[] {
  return effects.flatMap((effect) =>
    effect.type === 'lease' && effect.node === node ? [effect.claim] : [],
  );
}

/** Right answers for a range. */
export function rightResults({ first, count }: { first: number; count: number }): Results {
  return resultsOf(
    first,
    Array.from({ length: count }, (_, i) => rightAnswer(first + i)),
  );
}

/** The same answer for a whole range. */
export function allResults(range: { first: number; count: number }, answer: Answer): Results {
  return resultsOf(
    range.first,
    Array.from({ length: range.count }, () => answer),
  );
}
