import type { Mosaic } from '../../shared/api/schemas.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { toErrorBody } from '../../shared/errors.ts';
import type { JobView } from '../../shared/job/view.ts';
import type {
  JobNumber,
  LeaseClaim,
  NodeNumber,
  Placement,
  Results,
  VerdictRecord,
} from '../scheduler/events.ts';
import type { JobRow } from '../store/store.ts';
import type {
  DispatcherCounters,
  DispatcherHealth,
  JobListener,
  JobProgress,
  NetworkNow,
  NodeNow,
} from './live.ts';
import { toScheduledJob } from './live-job.ts';
import { mosaicOf } from './mosaic.ts';
import type { JoiningNode, NodeLink } from './node-link.ts';
import { Reopening } from './reopening.ts';
import { runningJobs } from './running-jobs.ts';
import { type DriverOptions, SchedulerDriver } from './scheduler-driver.ts';

/** How often time passes for the scheduler: fine against leases of seconds. */
const TICK_MS = 500;
/** How often nodes are told their totals. */
const TALLY_MS = 250;

export interface DispatcherOptions extends DriverOptions {
  /** Blobs of a job that are worth fetching from peers; left out, there are none. */
  blobsOf?: (row: JobRow) => Promise<readonly BlobRef[]>;
}

/**
 * The scheduler as the rest of the coordinator sees it: jobs come and go, nodes join, ask and answer,
 * and whoever wants to know is told how it stands.
 */
export class Dispatcher {
  /** Kept by the sessions, which are the ones to know. */
  readonly meter = { faults: 0, decodeMs: 0, verifyMs: 0 };
  readonly #options: DispatcherOptions;
  readonly #driver: SchedulerDriver;
  readonly #reopening: Reopening;
  readonly #counters = { submissions: 0, replicas: 0 };
  #timers: NodeJS.Timeout[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#driver = new SchedulerDriver(options);
    this.#reopening = new Reopening({
      store: options.store,
      driver: this.#driver,
      addJob: (row) => this.addJob(row),
    });
  }

  /** Takes up the jobs that were running. Nodes may connect once this has resolved. */
  async start(): Promise<void> {
    for await (const row of runningJobs(this.#options.store)) await this.addJob(row);
    this.#timers = [
      setInterval(() => this.#driver.handle({ type: 'tick' }), TICK_MS),
      setInterval(() => this.#driver.crowd.tell(), TALLY_MS),
    ];
    this.#driver.health.set({ state: 'well' });
  }

  /** Leases nothing more, finishes what is being written. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#driver.health.set({ state: 'stopping' });
    await this.#driver.commits.close();
    this.#driver.crowd.tell();
    this.#driver.news.close();
  }

  /**
   * Makes a job that was just stored (or opened again) known. Nothing happens where it is known.
   * @param placement where a stage's shards have their data
   */
  async addJob(row: JobRow, placement?: Placement): Promise<void> {
    if (row.state !== 'running' || this.#driver.jobs.has(row.number)) return;
    const finished = await this.#options.store.finishedBlocks(row.number);
    const projects = await this.#options.store.projects();
    const blobs = (await this.#options.blobsOf?.(row)) ?? [];
    if (this.#driver.jobs.has(row.number)) return;
    const job = this.#driver.jobs.add(row, projects, blobs);
    const scheduled = toScheduledJob(row, placement);
    this.#driver.handle({ type: 'job-added', job: scheduled, finished, counts: job.counts() });
    this.#driver.news.changed(row.number);
  }

  /**
   * Ends a running job; resolves when that is durable.
   * @throws ManyhandsError `STORE_FULL` or another of the store's while nothing can be written.
   */
  async cancelJob(row: JobRow): Promise<void> {
    this.#driver.health.mustBeWell();
    if (!this.#driver.jobs.has(row.number)) return;
    this.#driver.handle({ type: 'job-cancelled', job: row.number });
    await this.#driver.commits.between(async () => {});
  }

  /**
   * Opens failed shards again, and their job where it had ended. Resolves to how many there were.
   * @throws ManyhandsError of the store.
   */
  retryShards(row: JobRow, shards: readonly number[] | 'all'): Promise<number> {
    return this.#reopening.failed(row, shards);
  }

  /**
   * Opens shards again whose program ended well, but whose output is lost. Otherwise as `retryShards`.
   * @throws ManyhandsError of the store.
   */
  reopenShards(row: JobRow, shards: readonly number[]): Promise<number> {
    return this.#reopening.done(row, shards);
  }

  /** Of a running or an ended job. */
  progress(row: JobRow): JobProgress {
    return this.#driver.jobs.progress(row, this.#options.scheduler.views, this.#options.now());
  }

  /** Equal ranges of the job's shards with their counts, about `cells` of them. */
  mosaic(row: JobRow, cells: number): Promise<Mosaic> {
    return mosaicOf(row, cells, this.#options.store, this.#options.scheduler.views);
  }

  /** Calls back when a job's counts or state changed. Returns the way to stop that. */
  onJobChange(listener: JobListener): () => void {
    return this.#driver.news.listen(listener);
  }

  /** Calls back with verdicts once they are durable. Returns the way to stop that. */
  onVerdicts(listener: (record: VerdictRecord) => void): () => void {
    this.#driver.onVerdicts.add(listener);
    return () => this.#driver.onVerdicts.delete(listener);
  }

  /**
   * Calls back when the end of a running job is durable, with the job as it was when it began.
   * Returns the way to stop that.
   */
  onJobEnd(listener: (job: JobRow) => void): () => void {
    this.#driver.onJobEnd.add(listener);
    return () => this.#driver.onJobEnd.delete(listener);
  }

  /** Tells listeners that a job's row was changed by somebody else. */
  announce(job: JobNumber): void {
    this.#driver.news.changed(job);
  }

  network(): NetworkNow {
    return {
      nodes: this.#driver.crowd.size,
      threads: this.#driver.crowd.threads(),
      verdictsPerSecond: this.#driver.rate.perSecond(this.#options.now()),
    };
  }

  nodes(): NodeNow[] {
    return this.#driver.crowd.list();
  }

  /** Running jobs of each project by its id; those without one under the empty string. */
  activeJobs(): Map<string, number> {
    return this.#driver.jobs.byProject();
  }

  health(): DispatcherHealth {
    return this.#driver.health.now;
  }

  counters(): DispatcherCounters {
    return {
      ...this.#counters,
      ...this.#driver.counters,
      faults: this.meter.faults,
      commits: this.#driver.commits.commits,
      backlogBytes: this.#driver.commits.backlogBytes,
      milliseconds: {
        decode: this.meter.decodeMs,
        verify: this.meter.verifyMs,
        schedule: this.#driver.milliseconds,
        commit: this.#driver.commits.milliseconds,
      },
    };
  }

  /** A node that has proven its key. The number stands for this connection from here on. */
  join(link: NodeLink, facts: JoiningNode): NodeNumber {
    const node = this.#driver.crowd.add(link, facts, this.#options.now());
    const { key, network, kinds, threads, memoryMiB, projects } = facts;
    // A page that only reads outputs runs nothing.
    if (kinds.length > 0)
      this.#driver.handle({
        type: 'node-joined',
        node: node.number,
        key,
        network,
        kinds,
        threads,
        memoryMiB,
        projects,
      });
    this.#options.store.nodeTotals(key).then(
      (totals) => {
        link.joined(this.#driver.crowd.setTotals(node, totals));
        if (this.#driver.health.now.state === 'failing') link.trouble(this.#driver.health.now);
      },
      // It is not let in, and will try again.
      (thrown) => link.trouble(toErrorBody(thrown)),
    );
    return node.number;
  }

  leave(node: NodeNumber): void {
    if (!this.#driver.crowd.get(node)) return;
    this.#driver.handle({ type: 'node-gone', node });
    this.#driver.crowd.remove(node);
  }

  want(node: NodeNumber, threads: number, milliseconds: number): void {
    if (this.#driver.health.now.state === 'stopping') return;
    this.#driver.handle({ type: 'node-wants', node, threads, milliseconds });
  }

  renounce(node: NodeNumber, leases: readonly LeaseClaim[]): void {
    this.#driver.handle({ type: 'renounced', node, leases });
  }

  resume(node: NodeNumber, leases: readonly LeaseClaim[]): void {
    this.#driver.handle({ type: 'resumed', node, leases });
  }

  /** How far a shard has come, of a lease whose ticket was checked at the edge. */
  handOver(
    node: NodeNumber,
    claim: LeaseClaim,
    shard: number,
    checkpoint: Uint8Array<ArrayBuffer>,
  ): void {
    this.#driver.handle({ type: 'handed-over', node, claim, shard, checkpoint });
  }

  /** Results that were checked at the edge. */
  submit(node: NodeNumber, claim: LeaseClaim, results: Results): void {
    this.#counters.submissions++;
    this.#counters.replicas += results.count;
    this.#driver.handle({ type: 'submitted', node, claim, results });
  }

  /** Bytes of submissions that wait for their commit. */
  get backlogBytes(): number {
    return this.#driver.commits.backlogBytes;
  }

  /** Calls back whenever the backlog has become smaller. */
  onBacklog(listener: () => void): void {
    this.#driver.onBacklog.add(listener);
  }

  /** A running job as its nodes see it; undefined where it does not run. */
  viewOf(job: JobNumber): JobView | undefined {
    return this.#driver.jobs.get(job)?.view;
  }
}
