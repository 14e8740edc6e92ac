import type { JobRow, Store } from '../store/store.ts';
import type { SchedulerDriver } from './scheduler-driver.ts';

export interface ReopeningOptions {
  store: Store;
  driver: SchedulerDriver;
  /** Makes a job known that had ended. */
  addJob(row: JobRow): Promise<void>;
}

/** Opens shards again, one job after the other: a job that is opened again is known before more of it is. */
export class Reopening {
  readonly #options: ReopeningOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ReopeningOptions) {
    this.#options = options;
  }

  /** Shards that had failed. Resolves to how many there were. */
  failed(row: JobRow, shards: readonly number[] | 'all'): Promise<number> {
    return this.#open(row, shards, 'failed', () =>
      this.#options.store.retryShards(row.number, shards),
    );
  }

  /** Shards that had ended well. Resolves to how many there were. */
  done(row: JobRow, shards: readonly number[]): Promise<number> {
    return this.#open(row, shards, 'done', () =>
      this.#options.store.reopenShards(row.number, shards),
    );
  }

  #open(
    row: JobRow,
    shards: readonly number[] | 'all',
    were: 'done' | 'failed',
    mark: () => Promise<number>,
  ): Promise<number> {
    const opened = this.#turn.then(() => this.#openNow(row, shards, were, mark));
    this.#turn = opened.catch(() => {});
    return opened;
  }

  async #openNow(
    row: JobRow,
    shards: readonly number[] | 'all',
    were: 'done' | 'failed',
    mark: () => Promise<number>,
  ): Promise<number> {
    const { store, driver, addJob } = this.#options;
    driver.health.mustBeWell();
    const opened = await driver.commits.between(async () => {
      const count = await mark();
      const job = driver.jobs.get(row.number);
      if (job && count > 0) {
        job.reopen(were, count);
        const finished = await store.finishedBlocks(row.number);
        driver.handle({ type: 'shards-retried', job: row.number, shards, finished });
      }
      return count;
    });
    const reopened = opened > 0 ? await store.job(row.id) : null;
    if (reopened) await addJob(reopened);
    driver.news.changed(row.number);
    return opened;
  }
}
