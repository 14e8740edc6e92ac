import { toErrorBody } from '../../shared/errors.ts';
import type { Slices } from '../../shared/job/slices.ts';
import type { Runner, RunnerEvents } from '../sandbox/runner.ts';
import { type Digest, reportDigests } from './digests.ts';
import type { EngineEffect, EngineEvent, SlotNumber } from './events.ts';
import type { FetchedJob } from './programs.ts';

type SlotEffect = Extract<EngineEffect, { slot: SlotNumber }>;
type RunEffect = Extract<EngineEffect, { type: 'run' }>;

interface SlotRunner {
  runner: Runner;
  /** Rises with each kill: what was being staged before it is dropped. */
  generation: number;
  /** Batches reach their runner in the order in which they were planned. */
  staging: Promise<void>;
}

export interface SlotRunnersOptions {
  createRunner: (slot: SlotNumber, events: RunnerEvents) => Runner;
  /** What was fetched for a job; undefined where it was let go of again. */
  fetched: (job: string) => FetchedJob | undefined;
  digest?: Digest;
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
        slot.generation++;
        slot.runner.kill();
        break;
      case 'dispose-slot':
        slot.generation++;
        this.#slots.delete(effect.slot);
        slot.runner.dispose();
        break;
    }
  }

  #create(slot: SlotNumber): void {
    const { dispatch, digest } = this.#options;
    const runner = this.#options.createRunner(slot, {
      onReady: () => dispatch({ type: 'slot-ready', slot }),
      onReport: (report) =>
        dispatch({ type: 'report', slot, report, digests: reportDigests(report, digest) }),
      onCheckpoint: (batch, shard, bytes) =>
        dispatch({ type: 'checkpoint', slot, batch, shard, bytes }),
      onDied: (reason) => dispatch({ type: 'slot-died', slot, reason }),
    });
    this.#slots.set(slot, { runner, generation: 0, staging: Promise.resolve() });
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
      const { message } = toErrorBody(error);
      dispatch({ type: 'stage-failed', slot: number, batch: batch.id, message });
    }
  }
}
