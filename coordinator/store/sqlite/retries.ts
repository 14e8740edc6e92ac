import type { StatementSync } from 'node:sqlite';
import type { JobNumber } from '../../scheduler/events.ts';
import type { Retry } from '../reopened.ts';
import { toBlob, toUint16 } from './columns.ts';
import type { Database } from './database.ts';

/** Retries of failed shards, by block. */
export class Retries {
  readonly #insert: StatementSync;
  readonly #ofBlock: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO retries (job, block, after_submission, after_verdict, shards)
       VALUES (?, ?, ?, ?, ?)`,
    );
    this.#ofBlock = database.prepare(
      `SELECT after_submission, after_verdict, shards FROM retries
       WHERE job = ? AND block = ? ORDER BY number`,
    );
  }

  add(job: JobNumber, block: number, retry: Retry): void {
    const { afterSubmission, afterVerdict, shards } = retry;
    this.#insert.run(job, block, afterSubmission, afterVerdict, toBlob(shards));
  }

  ofBlock(job: JobNumber, block: number): Retry[] {
    return this.#ofBlock.all(job, block).map((row) => ({
      afterSubmission: row.after_submission as number,
      afterVerdict: row.after_verdict as number,
      shards: toUint16(row.shards as Uint8Array),
    }));
  }
}
