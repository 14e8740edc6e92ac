import type { StatementSync } from 'node:sqlite';
import { fromHex, toHex } from '../../../shared/bytes.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { JobNumber, VerdictRecord } from '../../scheduler/events.ts';
import { referencesOf } from '../references.ts';
import type { NeededOutput } from '../store.ts';
import type { Database } from './database.ts';

interface Row {
  number: number;
  job: number;
  job_id: string;
  block: number;
  shard: number;
  blob: Uint8Array;
  bytes: number;
  manifest: Uint8Array;
  kept: number;
  released: number;
}

const SELECT = `SELECT referred_outputs.number, job, jobs.id AS job_id, block, shard, blob, bytes,
    manifest, kept, released
  FROM referred_outputs JOIN jobs ON jobs.number = job`;

/** Blobs that verdicts refer to, and whether the coordinator has them. */
export class Outputs {
  readonly #insert: StatementSync;
  readonly #notKept: StatementSync;
  readonly #jobsNotKept: StatementSync;
  readonly #ofBlob: StatementSync;
  readonly #markKept: StatementSync;
  readonly #release: StatementSync;
  readonly #released: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: Database) {
    // An equal output of another shard may have come to the coordinator before.
    this.#insert = database.prepare(
      `INSERT INTO referred_outputs (job, block, shard, blob, bytes, manifest, kept)
       VALUES (?, ?, ?, ?, ?, ?,
         EXISTS (SELECT 1 FROM referred_outputs WHERE blob = ? AND kept = 1))`,
    );
    this.#notKept = database.prepare(
      `${SELECT} WHERE kept = 0 AND released = 0 AND referred_outputs.number > ?
       ORDER BY referred_outputs.number LIMIT ?`,
    );
    this.#jobsNotKept = database.prepare(
      `SELECT id FROM jobs WHERE number IN
         (SELECT job FROM referred_outputs WHERE kept = 0 AND released = 0) ORDER BY number`,
    );
    this.#ofBlob = database.prepare(
      `${SELECT} WHERE blob = ? ORDER BY released, referred_outputs.number LIMIT ?`,
    );
    this.#markKept = database.prepare('UPDATE referred_outputs SET kept = 1 WHERE blob = ?');
    this.#release = database.prepare(
      'UPDATE referred_outputs SET released = 1 WHERE job = ? AND released = 0',
    );
    this.#released = database.prepare(
      `SELECT DISTINCT blob FROM referred_outputs AS own WHERE job = ? AND kept = 0 AND NOT EXISTS
         (SELECT 1 FROM referred_outputs AS other WHERE other.blob = own.blob AND released = 0)`,
    );
    this.#forget = database.prepare(
      'DELETE FROM referred_outputs WHERE job = ? AND block = ? AND shard = ?',
    );
  }

  add(record: VerdictRecord): void {
    for (const { shard, blob } of referencesOf(record)) {
      const id = fromHex(blob.id);
      const { job, block } = record;
      this.#insert.run(job, block, shard, id, blob.bytes, fromHex(blob.manifest), id);
    }
  }

  /** Those that only nodes have, in the order of their verdicts. */
  notKept(after: number, limit: number): NeededOutput[] {
    return this.#notKept.all(after, limit).map(toNeeded);
  }

  ofBlob(blob: BlobId, limit: number): NeededOutput[] {
    return this.#ofBlob.all(fromHex(blob), limit).map(toNeeded);
  }

  /** Ids of the jobs that have such. */
  jobsNotKept(): string[] {
    return this.#jobsNotKept.all().map((row) => (row as { id: string }).id);
  }

  /** Returns the job's blobs that are not kept and that no other verdict needs. */
  release(job: JobNumber): BlobId[] {
    this.#release.run(job);
    return this.#released.all(job).map((row) => toHex((row as { blob: Uint8Array }).blob));
  }

  markKept(blob: BlobId): void {
    this.#markKept.run(fromHex(blob));
  }

  /** The verdict of a shard (within the block) does not stand any more. */
  forget(job: JobNumber, block: number, shard: number): void {
    this.#forget.run(job, block, shard);
  }
}

function toNeeded(raw: unknown): NeededOutput {
  const row = raw as Row;
  return {
    number: row.number,
    job: row.job,
    jobId: row.job_id,
    block: row.block,
    shard: row.shard,
    blob: { id: toHex(row.blob), bytes: row.bytes, manifest: toHex(row.manifest) },
    kept: row.kept === 1,
    released: row.released === 1,
  };
}
