import { setTimeout as sleep } from 'node:timers/promises';
import { ManyhandsError, toErrorBody } from '../../shared/errors.ts';
import type { JobNumber } from '../scheduler/events.ts';
import type { CommitBatch, Store } from '../store/store.ts';
import { type BlockName, lostWith, toBatch, type Unit } from './unit.ts';

/** Between tries while the store refuses: soon enough after space was made, and no load. */
const RETRY_MS = 500;

/** What the commits' owner is told. */
export interface GroupCommitListener {
  /** These are durable now. */
  committed(units: readonly Unit[], batch: CommitBatch | null): void;
  /** Somebody else has taken a block: these blocks' units were not written and will not be. */
  fenced(blocks: readonly BlockName[], units: readonly Unit[]): void;
  /** Writing fails (and is tried again), or, with null, has just succeeded again. */
  failing(error: ManyhandsError | null): void;
}

/**
 * Writes what has gathered in one transaction while the next gathers: under load a sync of the disk
 * is shared by many submissions. Nothing else of the dispatcher's talks to the store meanwhile.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #listener: GroupCommitListener;
  readonly #fences = new Map<JobNumber, Map<number, number>>();
  #gathered: Unit[] = [];
  #writing: Unit[] = [];
  #tasks: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;
  #backlogBytes = 0;
  #failing = false;
  #closed = false;
  #commits = 0;
  #milliseconds = 0;

  constructor(store: Store, listener: GroupCommitListener) {
    this.#store = store;
    this.#listener = listener;
  }

  /** Transactions so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Time spent in them. */
  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** Bytes of submissions that are not durable yet. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  add(unit: Unit): void {
    if (this.#isOver) return;
    this.#gathered.push(unit);
    this.#backlogBytes += unit.bytes;
    this.#wake();
  }

  /** Under which fencing number this coordinator holds a block. */
  setFence(job: JobNumber, block: number, fence: number): void {
    let fences = this.#fences.get(job);
    if (!fences) {
      fences = new Map();
      this.#fences.set(job, fences);
    }
    fences.set(block, fence);
  }

  /**
   * Runs `work` after all that was added before is durable, and between transactions.
   * @throws ManyhandsError `STOPPING` after the end; whatever `work` throws.
   */
  between<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isOver)
      return Promise.reject(
        new ManyhandsError('STOPPING', 'The coordinator is going down. Try again in a moment.'),
      );
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => work().then(resolve, reject));
      this.#wake();
    });
  }

  /** Like `between`, but tries again for as long as the store fails. */
  insistBetween(work: () => Promise<void>): void {
    if (this.#isOver) return;
    this.#tasks.push(() => this.#insist(work));
    this.#wake();
  }

  /** Writes what there is, tries no more after a failure, and takes nothing further. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** Whether the last of it was written, or given up. */
  get #isOver(): boolean {
    return this.#closed && this.#running === null;
  }

  #wake(): void {
    if (this.#running) return;
    // One turn of the event loop, so that all frames that have arrived share the transaction.
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#work())
      // Only after the end was asked for, and the listener knows of it.
      .catch(() => {})
      .finally(() => {
        this.#running = null;
        // Something may have been added in the very turn in which the work ended.
        if (!this.#closed && this.#gathered.length + this.#tasks.length > 0) this.#wake();
      });
  }

  async #work(): Promise<void> {
    while (this.#gathered.length + this.#tasks.length > 0) {
      const tasks = this.#tasks;
      this.#tasks = [];
      await this.#writeGathered();
      for (const task of tasks) await task();
      // Others get their turn: the store may do its work in this very thread.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async #writeGathered(): Promise<void> {
    this.#writing = this.#gathered;
    this.#gathered = [];
    let batch: CommitBatch | null = null;
    await this.#insist(async () => {
      batch = await this.#commit();
    });
    const units = this.#writing;
    for (const { job, state, at } of units.flatMap(({ ended }) => ended)) {
      await this.#insist(() => this.#store.endJob(job, state, at));
      this.#fences.delete(job);
    }
    for (const { job, block } of units.flatMap(({ finished }) => finished))
      this.#fences.get(job)?.delete(block);
    this.#writing = [];
    for (const unit of units) this.#backlogBytes -= unit.bytes;
    this.#listener.committed(units, batch);
  }

  /** One try; blocks that were lost to others are taken out until the rest goes through. */
  async #commit(): Promise<CommitBatch | null> {
    for (;;) {
      const batch = toBatch(this.#writing, (job, block) => this.#fences.get(job)?.get(block) ?? 0);
      if (batch === null) return null;
      const began = performance.now();
      try {
        await this.#store.commit(batch);
        return batch;
      } catch (thrown) {
        if (!(thrown instanceof ManyhandsError && thrown.code === 'STORE_FENCED')) throw thrown;
        this.#drop({ job: Number(thrown.facts.job), block: Number(thrown.facts.block) });
      } finally {
        this.#commits++;
        this.#milliseconds += performance.now() - began;
      }
    }
  }

  #drop(block: BlockName): void {
    const { units, blocks } = lostWith(block, [...this.#writing, ...this.#gathered]);
    this.#writing = this.#writing.filter((unit) => !units.has(unit));
    this.#gathered = this.#gathered.filter((unit) => !units.has(unit));
    for (const unit of units) this.#backlogBytes -= unit.bytes;
    for (const { job, block } of blocks) this.#fences.get(job)?.delete(block);
    this.#listener.fenced(blocks, [...units]);
  }

  async #insist(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await work();
        if (this.#failing) this.#listener.failing(null);
        this.#failing = false;
        return;
      } catch (thrown) {
        this.#failing = true;
        this.#listener.failing(asStoreError(thrown));
        if (this.#closed) throw thrown;
        await sleep(RETRY_MS);
      }
    }
  }
}

function asStoreError(thrown: unknown): ManyhandsError {
  if (thrown instanceof ManyhandsError) return thrown;
  return new ManyhandsError('STORE_FAILED', toErrorBody(thrown).message, {
    detail: String(thrown),
  });
}
