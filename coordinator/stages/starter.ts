import { type ErrorBody, ManyhandsError, toErrorBody } from '../../shared/errors.ts';
import { encodePartsIndex, type PartsIndex } from '../../shared/job/parts-index.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import type { JobRow, Store } from '../store/store.ts';
import type { Holders } from '../swarm/ports.ts';
import { hasEnded } from './chain.ts';
import { collectParts } from './collect-parts.ts';
import { placementOf } from './placement.ts';

/** Rows of waiting stages read at once. */
const PAGE = 500;
/** What could not be done for want of disk or connections is tried again after this time. */
const LOOK_AGAIN_MS = 30_000;

export interface StageStarterOptions {
  store: Store;
  blobs: Pick<BlobStore, 'receive' | 'size'>;
  dispatcher: Pick<Dispatcher, 'addJob' | 'cancelJob' | 'onJobEnd' | 'announce'>;
  /** Who holds the outputs that stayed on nodes; left out, no stage is placed near its data. */
  holders?: Pick<Holders, 'of'>;
  /** Told what of a job's outputs on nodes nobody needs any more. */
  outputs?: { release(job: JobRow['number']): Promise<void> };
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told what goes wrong in the background. */
  onError: (error: unknown) => void;
}

/**
 * Begins each stage of a job when the one before it is done, and ends those behind one that was
 * cancelled or expired. What is to be done follows from the store alone, so that nothing is lost
 * when the process dies at any point, and doing it twice does no harm.
 */
export class StageStarter {
  readonly #options: StageStarterOptions;
  /** Work on one chain is done in turn, by the id of its first job. */
  readonly #turns = new Map<string, Promise<void>>();
  /** Why a stage cannot begin although all is there, by its job's id. */
  readonly #problems = new Map<string, ErrorBody>();
  #timer: NodeJS.Timeout | undefined;
  #forget = () => {};

  constructor(options: StageStarterOptions) {
    this.#options = options;
  }

  /** Takes up all stages that wait; from here on it follows what ends. */
  async start(): Promise<void> {
    this.#forget = this.#options.dispatcher.onJobEnd((row) => {
      if (!row.stage) return;
      // It was run again, so its outputs may be other ones now.
      if (row.stage.next) this.#problems.delete(row.stage.next);
      this.#settleSoon(row.stage.first);
    });
    await this.#settleAll();
    await this.#settleHeld();
    this.#timer = setInterval(() => this.#settleAll().catch(this.#options.onError), LOOK_AGAIN_MS);
  }

  /** Begins nothing more; resolves when what was begun is through. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#forget();
    await Promise.allSettled(this.#turns.values());
  }

  /** Why a stage cannot begin although the one before is done; null for all others. */
  problemOf(job: string): ErrorBody | null {
    return this.#problems.get(job) ?? null;
  }

  /**
   * Ends a job and the stages behind it; resolves when that is durable.
   * @throws ManyhandsError as `Dispatcher.cancelJob`
   */
  async cancel(row: JobRow): Promise<void> {
    if (!row.stage) return this.#end(row);
    await this.#inTurn(row.stage.first, async () => {
      const stages = await this.#options.store.stagesOf(row.stage?.first ?? row.id);
      // The last first: where this is cut short, nothing waits for a stage that has ended.
      for (const stage of stages.filter(({ number }) => number >= row.number).toReversed())
        await this.#end(stage);
      await this.#settle(row.stage?.first ?? row.id);
    });
  }

  async #end(row: JobRow, state: 'cancelled' | 'expired' = 'cancelled'): Promise<void> {
    const { store, dispatcher, now } = this.#options;
    if (row.state === 'running') await dispatcher.cancelJob(row);
    if (row.state !== 'waiting') return;
    await store.endJob(row.number, state, now());
    this.#problems.delete(row.id);
    dispatcher.announce(row.number);
  }

  async #settleAll(): Promise<void> {
    const { store } = this.#options;
    const chains = new Set<string>();
    let before: number | undefined;
    for (;;) {
      const page = await store.jobs({ requester: null, state: 'waiting', limit: PAGE, before });
      for (const { stage } of page) if (stage) chains.add(stage.first);
      if (page.length < PAGE) break;
      before = page[page.length - 1].number;
    }
    for (const first of chains) this.#settleSoon(first);
  }

  /** Chains that were over, perhaps, when nobody was there to release what is on nodes. */
  async #settleHeld(): Promise<void> {
    const { store } = this.#options;
    const chains = new Set<string>();
    for (const id of await store.jobsWithOutputsOnNodes()) {
      const row = await store.job(id);
      if (row?.stage?.next) chains.add(row.stage.first);
    }
    for (const first of chains) this.#settleSoon(first);
  }

  #settleSoon(first: string): void {
    this.#inTurn(first, () => this.#settle(first)).catch(this.#options.onError);
  }

  /** Brings a chain to where its jobs' states say it should be. */
  async #settle(first: string): Promise<void> {
    const stages = await this.#options.store.stagesOf(first);
    for (let k = 1; k < stages.length; k++) {
      const [before, stage] = [stages[k - 1], stages[k]];
      if (stage.state !== 'waiting') continue;
      if (before.state === 'cancelled' || before.state === 'expired') {
        await this.#end(stage, before.state);
        stages[k] = { ...stage, state: before.state };
      } else if (this.#isLate(before, stage)) {
        await this.#end(stage, 'expired');
        stages[k] = { ...stage, state: 'expired' };
      } else if (before.state === 'done' && before.failed === 0) await this.#begin(before, stage);
    }
    await this.#release(stages);
  }

  /** Outputs that further stages took are of no use once the last has ended with nothing to retry. */
  async #release(stages: readonly JobRow[]): Promise<void> {
    const { outputs } = this.#options;
    const last = stages.at(-1);
    if (!outputs || !last || !hasEnded(last) || (last.state === 'done' && last.failed > 0)) return;
    for (const stage of stages.slice(0, -1)) await outputs.release(stage.number);
  }

  /** A stage whose turn has not come by its deadline, because nobody retried what had failed. */
  #isLate(before: JobRow, { spec: { deadline } }: JobRow): boolean {
    return hasEnded(before) && deadline !== undefined && deadline <= this.#options.now();
  }

  async #begin(before: JobRow, stage: JobRow): Promise<void> {
    const { store, blobs, dispatcher } = this.#options;
    if (!stage.stage?.take || this.#problems.has(stage.id)) return;
    const { take } = stage.stage;
    let parts: PartsIndex;
    try {
      parts = await collectParts(before, { take, shards: stage.shards }, { store, blobs });
    } catch (error) {
      if (!(error instanceof ManyhandsError && error.code.startsWith('STAGE_'))) throw error;
      this.#problems.set(stage.id, toErrorBody(error));
      dispatcher.announce(stage.number);
      return;
    }
    const bytes = encodePartsIndex(parts);
    const index = await blobs.receive([bytes]);
    await store.startStage(stage.number, { blob: index.id, fileBytes: bytes.length });
    const row = await store.job(stage.id);
    if (row) await dispatcher.addJob(row, this.#placement(parts));
  }

  #placement(parts: PartsIndex) {
    const { holders } = this.#options;
    return holders && placementOf(parts, (blob) => holders.of(blob).map(({ key }) => key));
  }

  async #inTurn(first: string, task: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(first) ?? Promise.resolve()).then(task, task);
    this.#turns.set(first, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(first) === turn) this.#turns.delete(first);
    }
  }
}
