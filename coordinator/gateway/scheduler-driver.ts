import type { ManyhandsError } from '../../shared/errors.ts';
import type {
  JobNumber,
  SchedulerEffect,
  SchedulerEvent,
  VerdictRecord,
} from '../scheduler/events.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { CommitBatch, JobRow, Store } from '../store/store.ts';
import { Crowd } from './crowd.ts';
import { GroupCommit } from './group-commit.ts';
import { Health } from './health.ts';
import { JobNews } from './job-news.ts';
import type { DispatcherHealth } from './live.ts';
import { LiveJobs } from './live-jobs.ts';
import { Rate } from './rate.ts';
import { type BlockName, isEmpty, newUnit, submittedAgain, takeInto, type Unit } from './unit.ts';

/** Window of the network's rate. */
const NETWORK_RATE_SECONDS = 60;

export interface DriverOptions {
  store: Store;
  scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Name of this coordinator in block claims. */
  owner: string;
  /** Told when writing begins to fail (once a kind of failure) and when it succeeds again. */
  onHealth?: (health: DispatcherHealth) => void;
}

/**
 * Feeds the scheduler what happens, and carries out what it answers: leases and refusals at once,
 * what must not be forgotten by group commits, acknowledgements after those.
 */
export class SchedulerDriver {
  readonly commits: GroupCommit;
  readonly health: Health;
  readonly crowd = new Crowd();
  readonly jobs = new LiveJobs();
  readonly rate = new Rate(NETWORK_RATE_SECONDS);
  readonly news = new JobNews();
  readonly counters = { verdicts: 0, leases: 0, leasedShards: 0 };
  /** Called with verdicts once they are durable. */
  readonly onVerdicts = new Set<(record: VerdictRecord) => void>();
  /** Called when the end of a job is durable. */
  readonly onJobEnd = new Set<(job: JobRow) => void>();
  /** Called whenever the backlog of submissions has become smaller. */
  readonly onBacklog = new Set<() => void>();
  readonly #options: DriverOptions;
  #latest = 0;
  #milliseconds = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.health = new Health(options.onHealth ?? (() => {}));
    this.commits = new GroupCommit(options.store, {
      committed: (units, batch) => this.#committed(units, batch),
      fenced: (blocks, units) => this.#fenced(blocks, units),
      failing: (error) => this.#failing(error),
    });
  }

  /** Time that the scheduler has taken. */
  get milliseconds(): number {
    return this.#milliseconds;
  }

  handle(event: SchedulerEvent): void {
    // The wall clock may be set back; the scheduler's time may not.
    this.#latest = Math.max(this.#latest, this.#options.now());
    const now = this.#latest;
    const began = performance.now();
    const effects = this.#options.scheduler.handle(event, now);
    this.#milliseconds += performance.now() - began;
    const unit = newUnit();
    const rest = effects.filter((effect) => !takeInto(unit, effect, now));
    if (!isEmpty(unit)) this.commits.add(unit);
    for (const effect of rest) this.#carryOut(effect);
  }

  /** What does not wait for the store. */
  #carryOut(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'claim-block':
        this.#claim(effect.job, effect.block);
        break;
      case 'lease': {
        const job = this.jobs.get(effect.claim.job);
        if (!job) break;
        this.counters.leases++;
        this.counters.leasedShards += effect.claim.count;
        this.crowd.get(effect.node)?.link.lease(effect.claim, job.view, effect.checkpoints);
        break;
      }
      case 'refuse':
      case 'revoke':
      case 'idle':
        this.crowd.convey(effect);
        break;
    }
  }

  #claim(job: JobNumber, block: number): void {
    const { store, owner } = this.#options;
    this.commits.insistBetween(async () => {
      const claimed = await store.claimBlock(job, block, owner);
      this.commits.setFence(job, block, claimed.fence);
      const { submissions, retried } = claimed;
      this.handle({ type: 'block-claimed', job, block, submissions, retried });
    });
  }

  #committed(units: readonly Unit[], batch: CommitBatch | null): void {
    const now = this.#options.now();
    if (batch) this.jobs.committed(batch, now);
    for (const record of batch?.verdicts ?? []) {
      this.news.changed(record.job);
      this.counters.verdicts += record.statuses.length;
      this.rate.add(record.statuses.length, now);
      for (const listener of this.onVerdicts) listener(record);
    }
    for (const { key, agreed, rejected } of batch?.credits ?? [])
      this.crowd.credit(key, agreed, rejected);
    for (const { acknowledgements, ended } of units) {
      for (const part of acknowledgements) this.crowd.get(part.node)?.link.acknowledge(part);
      for (const { job } of ended) {
        const row = this.jobs.get(job)?.row;
        this.jobs.remove(job);
        this.news.changed(job);
        if (row) for (const listener of this.onJobEnd) listener(row);
      }
    }
    for (const listener of this.onBacklog) listener();
  }

  #fenced(blocks: readonly BlockName[], units: readonly Unit[]): void {
    this.handle({ type: 'blocks-lost', blocks });
    for (const event of units.flatMap(submittedAgain))
      if (this.crowd.get(event.node)) this.handle(event);
  }

  #failing(error: ManyhandsError | null): void {
    if (error === null) this.health.recovered();
    else if (this.health.failed(error, this.#options.now()))
      for (const { link } of this.crowd.all()) link.trouble(error);
  }
}
