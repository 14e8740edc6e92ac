import type { Mosaic } from '../../shared/api/schemas.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { type ManyhandsError, toErrorBody } from '../../shared/errors.ts';
import type { JobView } from '../../shared/job/view.ts';
import type {
  JobNumber,
  LeaseClaim,
  NodeNumber,
  Placement,
  Results,
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
import type {
  DispatcherCounters,
  DispatcherHealth,
  JobListener,
  JobProgress,
  NetworkNow,
  NodeNow,
} from './live.ts';
import { toScheduledJob } from './live-job.ts';
import { LiveJobs } from './live-jobs.ts';
import { mosaicOf } from './mosaic.ts';
import type { JoiningNode, NodeLink } from './node-link.ts';
import { Rate } from './rate.ts';
import { runningJobs } from './running-jobs.ts';
import { type BlockName, isEmpty, newUnit, submittedAgain, takeInto, type Unit } from './unit.ts';

/** How often time passes for the scheduler: fine against leases of seconds. */
const TICK_MS = 500;
/** How often nodes are told their totals. */
const TALLY_MS = 250;
/** Window of the network's rate. */
const NETWORK_RATE_SECONDS = 60;

export interface DispatcherOptions {
  store: Store;
  scheduler: Scheduler;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Name of this coordinator in block claims. */
  owner: string;
  /** Blobs of a job that are worth fetching from peers; left out, there are none. */
  blobsOf?: (row: JobRow) => Promise<readonly BlobRef[]>;
  /** Told when writing begins to fail (once a kind of failure) and when it succeeds again. */
  onHealth?: (health: DispatcherHealth) => void;
}

/**
 * Owns the scheduler: feeds it what happens, and carries out what it answers. Whatever must not be
 * forgotten goes into group commits; acknowledgements follow them.
 */
export class Dispatcher {
  /** Kept by the sessions, which are the ones to know. */
  readonly meter = { faults: 0, decodeMs: 0, verifyMs: 0 };
  readonly #options: DispatcherOptions;
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #commits: GroupCommit;
  readonly #health: Health;
  readonly #crowd = new Crowd();
  readonly #jobs = new LiveJobs();
  readonly #rate = new Rate(NETWORK_RATE_SECONDS);
  readonly #news = new JobNews();
  readonly #endListeners = new Set<(job: JobRow) => void>();
  readonly #verdictListeners = new Set<(record: VerdictRecord) => void>();
  readonly #backlogListeners: (() => void)[] = [];
  readonly #counters = { submissions: 0, replicas: 0, verdicts: 0, leases: 0, leasedShards: 0 };
  #reopening: Promise<unknown> = Promise.resolve();
  #latest = 0;
  #scheduleMs = 0;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#scheduler = options.scheduler;
    this.#health = new Health(options.onHealth ?? (() => {}));
    this.#commits = new GroupCommit(options.store, {
      committed: (units, batch) => this.#committed(units, batch),
      fenced: (blocks, units) => this.#fenced(blocks, units),
      failing: (error) => this.#failing(error),
    });
  }

  /** Takes up the jobs that were running. Nodes may connect once this has resolved. */
  async start(): Promise<void> {
    for await (const row of runningJobs(this.#store)) await this.addJob(row);
    this.#timers = [
      setInterval(() => this.#handle({ type: 'tick' }), TICK_MS),
      setInterval(() => this.#crowd.tell(), TALLY_MS),
    ];
    this.#health.set({ state: 'well' });
  }

  /** Leases nothing more, finishes what is being written. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#health.set({ state: 'stopping' });
    await this.#commits.close();
    this.#crowd.tell();
    this.#news.close();
  }

  /**
   * Makes a job that was just stored (or opened again) known. Nothing happens where it is known.
   * @param placement where a stage's shards have their data
   */
  async addJob(row: JobRow, placement?: Placement): Promise<void> {
    if (row.state !== 'running' || this.#jobs.has(row.number)) return;
    const finished = await this.#store.finishedBlocks(row.number);
    const projects = await this.#store.projects();
    const blobs = (await this.#options.blobsOf?.(row)) ?? [];
    if (this.#jobs.has(row.number)) return;
    const job = this.#jobs.add(row, projects, blobs);
    const scheduled = toScheduledJob(row, placement);
    this.#handle({ type: 'job-added', job: scheduled, finished, counts: job.counts() });
    this.#news.changed(row.number);
  }

  /**
   * Ends a running job; resolves when that is durable.
   * @throws ManyhandsError `STORE_FULL` or another of the store's while nothing can be written.
   */
  async cancelJob(row: JobRow): Promise<void> {
    this.#health.mustBeWell();
    if (!this.#jobs.has(row.number)) return;
    this.#handle({ type: 'job-cancelled', job: row.number });
    await this.#commits.between(async () => {});
  }

  /**
   * Opens failed shards again, and their job where it had ended. Resolves to how many there were.
   * @throws ManyhandsError of the store.
   */
  retryShards(row: JobRow, shards: readonly number[] | 'all'): Promise<number> {
    return this.#reopen(row, shards, 'failed', () => this.#store.retryShards(row.number, shards));
  }

  /**
   * Opens shards again whose program ended well, but whose output is lost. Otherwise as `retryShards`.
   * @throws ManyhandsError of the store.
   */
  reopenShards(row: JobRow, shards: readonly number[]): Promise<number> {
    return this.#reopen(row, shards, 'done', () => this.#store.reopenShards(row.number, shards));
  }

  /** One after the other: a job that is opened again is known before more of it is. */
  #reopen(
    row: JobRow,
    shards: readonly number[] | 'all',
    were: 'done' | 'failed',
    mark: () => Promise<number>,
  ): Promise<number> {
    const opened = this.#reopening.then(() => this.#reopenNow(row, shards, were, mark));
    this.#reopening = opened.catch(() => {});
    return opened;
  }

  async #reopenNow(
    row: JobRow,
    shards: readonly number[] | 'all',
    were: 'done' | 'failed',
    mark: () => Promise<number>,
  ): Promise<number> {
    this.#health.mustBeWell();
    const opened = await this.#commits.between(async () => {
      const count = await mark();
      const job = this.#jobs.get(row.number);
      if (job && count > 0) {
        job.reopen(were, count);
        const finished = await this.#store.finishedBlocks(row.number);
        this.#handle({ type: 'shards-retried', job: row.number, shards, finished });
      }
      return count;
    });
    const reopened = opened > 0 ? await this.#store.job(row.id) : null;
    if (reopened) await this.addJob(reopened);
    this.#news.changed(row.number);
    return opened;
  }

  /** Of a running or an ended job. */
  progress(row: JobRow): JobProgress {
    return this.#jobs.progress(row, this.#scheduler.views, this.#options.now());
  }

  /** Equal ranges of the job's shards with their counts, about `cells` of them. */
  mosaic(row: JobRow, cells: number): Promise<Mosaic> {
    return mosaicOf(row, cells, this.#store, this.#scheduler.views);
  }

  /** Calls back when a job's counts or state changed. Returns the way to stop that. */
  onJobChange(listener: JobListener): () => void {
    return this.#news.listen(listener);
  }

  /** Calls back with verdicts once they are durable. Returns the way to stop that. */
  onVerdicts(listener: (record: VerdictRecord) => void): () => void {
    this.#verdictListeners.add(listener);
    return () => this.#verdictListeners.delete(listener);
  }

  /**
   * Calls back when the end of a running job is durable, with the job as it was when it began.
   * Returns the way to stop that.
   */
  onJobEnd(listener: (job: JobRow) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** Tells listeners that a job's row was changed by somebody else. */
  announce(job: JobNumber): void {
    this.#news.changed(job);
  }

  network(): NetworkNow {
    return {
      nodes: this.#crowd.size,
      threads: this.#crowd.threads(),
      verdictsPerSecond: this.#rate.perSecond(this.#options.now()),
    };
  }

  nodes(): NodeNow[] {
    return this.#crowd.list();
  }

  /** Running jobs of each project by its id; those without one under the empty string. */
  activeJobs(): Map<string, number> {
    return this.#jobs.byProject();
  }

  health(): DispatcherHealth {
    return this.#health.now;
  }

  counters(): DispatcherCounters {
    return {
      ...this.#counters,
      faults: this.meter.faults,
      commits: this.#commits.commits,
      backlogBytes: this.#commits.backlogBytes,
      milliseconds: {
        decode: this.meter.decodeMs,
        verify: this.meter.verifyMs,
        schedule: this.#scheduleMs,
        commit: this.#commits.milliseconds,
      },
    };
  }

  /** A node that has proven its key. The number stands for this connection from here on. */
  join(link: NodeLink, facts: JoiningNode): NodeNumber {
    const node = this.#crowd.add(link, facts, this.#options.now());
    const { key, network, kinds, threads, memoryMiB, projects } = facts;
    // A page that only reads outputs runs nothing.
    if (kinds.length > 0)
      this.#handle({
        type: 'node-joined',
        node: node.number,
        key,
        network,
        kinds,
        threads,
        memoryMiB,
        projects,
      });
    this.#store.nodeTotals(key).then(
      (totals) => {
        link.joined(this.#crowd.setTotals(node, totals));
        if (this.#health.now.state === 'failing') link.trouble(this.#health.now);
      },
      // It is not let in, and will try again.
      (thrown) => link.trouble(toErrorBody(thrown)),
    );
    return node.number;
  }

  leave(node: NodeNumber): void {
    if (!this.#crowd.get(node)) return;
    this.#handle({ type: 'node-gone', node });
    this.#crowd.remove(node);
  }

  want(node: NodeNumber, threads: number, milliseconds: number): void {
    if (this.#health.now.state === 'stopping') return;
    this.#handle({ type: 'node-wants', node, threads, milliseconds });
  }

  renounce(node: NodeNumber, leases: readonly LeaseClaim[]): void {
    this.#handle({ type: 'renounced', node, leases });
  }

  resume(node: NodeNumber, leases: readonly LeaseClaim[]): void {
    this.#handle({ type: 'resumed', node, leases });
  }

  /** How far a shard has come, of a lease whose ticket was checked at the edge. */
  handOver(
    node: NodeNumber,
    claim: LeaseClaim,
    shard: number,
    checkpoint: Uint8Array<ArrayBuffer>,
  ): void {
    this.#handle({ type: 'handed-over', node, claim, shard, checkpoint });
  }

  /** Results that were checked at the edge. */
  submit(node: NodeNumber, claim: LeaseClaim, results: Results): void {
    this.#counters.submissions++;
    this.#counters.replicas += results.count;
    this.#handle({ type: 'submitted', node, claim, results });
  }

  /** Bytes of submissions that wait for their commit. */
  get backlogBytes(): number {
    return this.#commits.backlogBytes;
  }

  /** Calls back whenever the backlog has become smaller. */
  onBacklog(listener: () => void): void {
    this.#backlogListeners.push(listener);
  }

  /** A running job as its nodes see it; undefined where it does not run. */
  viewOf(job: JobNumber): JobView | undefined {
    return this.#jobs.get(job)?.view;
  }

  #handle(event: SchedulerEvent): void {
    // The wall clock may be set back; the scheduler's time may not.
    this.#latest = Math.max(this.#latest, this.#options.now());
    const now = this.#latest;
    const began = performance.now();
    const effects = this.#scheduler.handle(event, now);
    this.#scheduleMs += performance.now() - began;
    const unit = newUnit();
    const rest = effects.filter((effect) => !takeInto(unit, effect, now));
    if (!isEmpty(unit)) this.#commits.add(unit);
    for (const effect of rest) this.#carryOut(effect);
  }

  /** What does not wait for the store. */
  #carryOut(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'claim-block':
        this.#claim(effect.job, effect.block);
        break;
      case 'lease': {
        const job = this.#jobs.get(effect.claim.job);
        if (!job) break;
        this.#counters.leases++;
        this.#counters.leasedShards += effect.claim.count;
        this.#crowd.get(effect.node)?.link.lease(effect.claim, job.view, effect.checkpoints);
        break;
      }
      case 'refuse':
      case 'revoke':
      case 'idle':
        this.#crowd.convey(effect);
        break;
    }
  }

  #claim(job: JobNumber, block: number): void {
    this.#commits.insistBetween(async () => {
      const claimed = await this.#store.claimBlock(job, block, this.#options.owner);
      this.#commits.setFence(job, block, claimed.fence);
      const { submissions, retried } = claimed;
      this.#handle({ type: 'block-claimed', job, block, submissions, retried });
    });
  }

  #committed(units: readonly Unit[], batch: CommitBatch | null): void {
    const now = this.#options.now();
    if (batch) this.#jobs.committed(batch, now);
    for (const record of batch?.verdicts ?? []) {
      this.#news.changed(record.job);
      this.#counters.verdicts += record.statuses.length;
      this.#rate.add(record.statuses.length, now);
      for (const listener of this.#verdictListeners) listener(record);
    }
    for (const { key, agreed, rejected } of batch?.credits ?? [])
      this.#crowd.credit(key, agreed, rejected);
    for (const { acknowledgements, ended } of units) {
      for (const part of acknowledgements) this.#crowd.get(part.node)?.link.acknowledge(part);
      for (const { job } of ended) {
        const row = this.#jobs.get(job)?.row;
        this.#jobs.remove(job);
        this.#news.changed(job);
        if (row) for (const listener of this.#endListeners) listener(row);
      }
    }
    for (const listener of this.#backlogListeners) listener();
  }

  #fenced(blocks: readonly BlockName[], units: readonly Unit[]): void {
    this.#handle({ type: 'blocks-lost', blocks });
    for (const event of units.flatMap(submittedAgain))
      if (this.#crowd.get(event.node)) this.#handle(event);
  }

  #failing(error: ManyhandsError | null): void {
    if (error === null) this.#health.recovered();
    else if (this.#health.failed(error, this.#options.now()))
      for (const { link } of this.#crowd.all()) link.trouble(error);
  }
}
