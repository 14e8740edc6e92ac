import type { StatementSync } from 'node:sqlite';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { JobNumber } from '../../scheduler/events.ts';
import type { BlockCounts } from '../store.ts';
import type { Database } from './database.ts';

/** What a commit changes in one block. */
export interface BlockChange {
  job: JobNumber;
  block: number;
  fence: number;
  done: number;
  failed: number;
  finished: boolean;
}

/** Touched blocks: who owns them, and how far they are. */
export class Blocks {
  readonly #claim: StatementSync;
  readonly #change: StatementSync;
  readonly #finished: StatementSync;
  readonly #counts: StatementSync;
  readonly #reopen: StatementSync;

  constructor(database: Database) {
    this.#claim = database.prepare(
      `INSERT INTO blocks (job, block, fence, owner) VALUES (?, ?, 1, ?)
       ON CONFLICT DO UPDATE SET fence = fence + 1, owner = excluded.owner RETURNING fence`,
    );
    this.#change = database.prepare(
      `UPDATE blocks SET done = done + ?, failed = failed + ?, finished = finished | ?
       WHERE job = ? AND block = ? AND fence = ?`,
    );
    this.#finished = database.prepare('SELECT block FROM blocks WHERE job = ? AND finished = 1');
    this.#counts = database.prepare(
      `SELECT block / ? AS run, sum(done) AS done, sum(failed) AS failed FROM blocks
       WHERE job = ? GROUP BY run ORDER BY run`,
    );
    this.#reopen = database.prepare(
      `UPDATE blocks SET done = done - ?, failed = failed - ?, finished = 0
       WHERE job = ? AND block = ?`,
    );
  }

  /** The new fencing number. */
  claim(job: JobNumber, block: number, owner: string): number {
    return (this.#claim.get(job, block, owner) as { fence: number }).fence;
  }

  /** @throws ManyhandsError `STORE_FENCED` where the block was claimed again since. */
  change(change: BlockChange): void {
    const { done, failed, finished, job, block, fence } = change;
    const { changes } = this.#change.run(done, failed, Number(finished), job, block, fence);
    if (changes === 0)
      throw new ManyhandsError(
        'STORE_FENCED',
        'Another coordinator has taken over this block; what this one holds of it is out of date.',
        { job, block, fence },
      );
  }

  finished(job: JobNumber): Set<number> {
    const blocks = new Set<number>();
    for (const row of this.#finished.iterate(job)) blocks.add(row.block as number);
    return blocks;
  }

  counts(job: JobNumber, blocks: number): BlockCounts[] {
    return this.#counts
      .all(blocks, job)
      .map(({ run, done, failed }) => ({ run, done, failed }) as unknown as BlockCounts);
  }

  reopen(job: JobNumber, block: number, { done, failed }: { done: number; failed: number }): void {
    this.#reopen.run(done, failed, job, block);
  }
}
