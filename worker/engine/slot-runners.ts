import { toErrorBody } from '../../shared/errors.ts';
import type { Slices } from '../../shared/job/slices.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { BatchReport, Runner, RunnerEvents } from '../sandbox/runner.ts';
import { type Digest, reportDigests } from './digests.ts';
import type { EngineEffect, EngineEvent, SlotNumber } from './events.ts';
import { InOrder } from './in-order.ts';
import { isReferring, type KeepOutput, referReport } from './outputs.ts';
import type { FetchedJob } from './programs.ts';
import { troubleOf } from './trouble-of.ts';

type SlotEffect = Extract<EngineEffect, { slot: SlotNumber }>;
type RunEffect = Extract<EngineEffect, { type: 'run' }>;

/** Batches of a slot whose jobs are remembered: far more than are ever queued on one. */
const MAX_BATCHES = 64;
const NO_DIGESTS = new Uint8Array(0);

interface SlotRunner {
  runner: Runner;
  /** Rises with each kill: what was being staged before it is dropped. */
  generation: number;
  /** Batches reach their runner in the order in which they were planned. */
  staging: Promise<void>;
  /** Jobs of the batches that were run, by batch. */
  jobs: Map<number, JobView>;
  /** What the runner says waits while an output from before it is being kept. */
  told: InOrder;
}

export interface SlotRunnersOptions {
  createRunner: (slot: SlotNumber, events: RunnerEvents) => Runner;
  /** What was fetched for a job; undefined where it was let go of again. */
  fetched: (job: string) => FetchedJob | undefined;
  digest?: Digest;
  /** Keeps a large output of a job, so that results may refer to it. */
  keepOutput: (job: string, bytes: Parameters<KeepOutput>[0]) => ReturnType<KeepOutput>;
  dispatch: (event: EngineEvent) => void;
}

/** The engine's slots: carries their effects out on runners and turns what runners say into events. */
export class SlotRunners {
  readonly #options: SlotRunnersOptions;
  readonly #slots = new Map<SlotNumber, SlotRunner>();

  constructor(options: SlotRunnersOptions) {
    this.#options = options;
  }

  apply(effect: SlotEffect): void {
    if (effect.type === 'create-slot') {
      this.#create(effect.slot);
      return;
    }
    const slot = this.#slots.get(effect.slot);
    if (!slot) return;
    switch (effect.type) {
      case 'load':
        this.#load(slot, effect);
        break;
      case 'run':
        this.#run(slot, effect);
        break;
      case 'kill-slot':
        forget(slot);
        slot.runner.kill();
        break;
      case 'dispose-slot':
        forget(slot);
        this.#slots.delete(effect.slot);
        slot.runner.dispose();
        break;
    }
  }

  #create(slot: SlotNumber): void {
    const { dispatch } = this.#options;
    const told = new InOrder();
    const jobs = new Map<number, JobView>();
    const tell = (event: EngineEvent) =>
      told.do(() => {
        dispatch(event);
      });
    const runner = this.#options.createRunner(slot, {
      onReady: () => tell({ type: 'slot-ready', slot }),
      onReport: (report) => told.do(() => this.#report(slot, report, jobs, told)),
      onCheckpoint: (batch, shard, bytes) =>
        tell({ type: 'checkpoint', slot, batch, shard, bytes }),
      onDied: (reason) => tell({ type: 'slot-died', slot, reason }),
    });
    this.#slots.set(slot, { runner, generation: 0, staging: Promise.resolve(), jobs, told });
  }

  /** Large outputs are kept before the engine hears of them: nothing is submitted that is nowhere. */
  #report(
    slot: SlotNumber,
    report: BatchReport,
    jobs: ReadonlyMap<number, JobView>,
    told: InOrder,
  ): undefined | Promise<void> {
    const job = jobs.get(report.batch);
    if (job && isReferring(report, job)) return this.#keep(slot, report, job, told.current());
    this.#tellReport(slot, report);
    return undefined;
  }

  async #keep(
    slot: SlotNumber,
    report: BatchReport,
    job: JobView,
    isCurrent: () => boolean,
  ): Promise<void> {
    let kept: BatchReport | null;
    try {
      kept = await referReport(report, job, (bytes) => this.#options.keepOutput(job.id, bytes));
    } catch (error) {
      const { batch } = report;
      const { code, message } = toErrorBody(error);
      if (isCurrent()) this.#options.dispatch({ type: 'keep-failed', slot, batch, code, message });
      return;
    }
    if (!isCurrent()) return;
    if (kept) this.#tellReport(slot, kept);
    // Without digests it does not fit, which is what it is: the engine takes the sandbox down.
    else this.#options.dispatch({ type: 'report', slot, report, digests: NO_DIGESTS });
  }

  #tellReport(slot: SlotNumber, report: BatchReport): void {
    const digests = reportDigests(report, this.#options.digest);
    this.#options.dispatch({ type: 'report', slot, report, digests });
  }

  async #load(
    { runner }: SlotRunner,
    { slot, load, job }: Extract<EngineEffect, { type: 'load' }>,
  ): Promise<void> {
    const { dispatch } = this.#options;
    const fetched = this.#options.fetched(job.id);
    try {
      // The engine loads nothing that is not fetched, so this is a load that was overtaken.
      if (!fetched) return;
      await runner.load(job, fetched.program, fetched.blobs);
      dispatch({ type: 'loaded', slot, load });
    } catch (error) {
      const { code, message } = toErrorBody(error);
      dispatch({ type: 'load-failed', slot, load, code, message });
    }
  }

  #run(slot: SlotRunner, effect: RunEffect): void {
    slot.jobs.set(effect.batch.id, effect.job);
    if (slot.jobs.size > MAX_BATCHES) slot.jobs.delete(slot.jobs.keys().next().value as number);
    const content = this.#options.fetched(effect.job.id)?.content;
    if (!content) {
      slot.runner.run({ ...effect.batch, jobId: effect.job.id, content: null });
      return;
    }
    const { first, count } = effect.batch;
    const fetched = content(first, count);
    // Its failure is told below, in turn.
    fetched.catch(() => {});
    slot.staging = this.#stage(slot, effect, slot.staging, fetched);
  }

  async #stage(
    slot: SlotRunner,
    { slot: number, job, batch }: RunEffect,
    before: Promise<void>,
    fetched: Promise<Slices>,
  ): Promise<void> {
    const { generation } = slot;
    const { dispatch } = this.#options;
    await before;
    try {
      const content = await fetched;
      if (slot.generation !== generation) return;
      slot.runner.run({ ...batch, jobId: job.id, content });
      dispatch({ type: 'staged', slot: number, batch: batch.id });
    } catch (error) {
      if (slot.generation !== generation) return;
      dispatch({ type: 'stage-failed', slot: number, batch: batch.id, ...troubleOf(error) });
    }
  }
}

/** What a killed runner said, or was to be given, is dropped. */
function forget(slot: SlotRunner): void {
  slot.generation++;
  slot.jobs.clear();
  slot.told.clear();
}
