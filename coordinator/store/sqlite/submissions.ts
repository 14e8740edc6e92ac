import type { StatementSync } from 'node:sqlite';
import { fromHex, toHex } from '../../../shared/bytes.ts';
import type { JobNumber, SubmissionRecord } from '../../scheduler/events.ts';
import { fromDetails, toDetails } from './columns.ts';
import type { Database } from './database.ts';

/** A submission with its place in the order in which they were kept. */
export interface NumberedSubmission {
  number: number;
  submission: SubmissionRecord;
}

interface Row {
  number: bigint;
  job: bigint;
  block: bigint;
  lease: bigint;
  lease_first: bigint;
  lease_count: bigint;
  deadline: bigint;
  node_key: Uint8Array;
  network: string;
  at: bigint;
  first: bigint;
  count: bigint;
  compute_micros: bigint;
  signature: Uint8Array;
  statuses: Uint8Array;
  digests: Uint8Array;
  details: string | null;
  lengths: Uint8Array;
  outputs: Uint8Array | null;
}

/** Submissions: all columns and signatures for good, outputs while their block is open. */
export class Submissions {
  readonly #insert: StatementSync;
  readonly #insertOutputs: StatementSync;
  readonly #byBlock: StatementSync;
  readonly #last: StatementSync;
  readonly #dropOutputs: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO submissions (job, block, lease, lease_first, lease_count, deadline, node_key,
         network, at, first, count, compute_micros, signature, statuses, digests, lengths,
         details)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertOutputs = database.prepare(
      'INSERT INTO submission_outputs (submission, outputs) VALUES (?, ?)',
    );
    this.#byBlock = database.prepare(
      `SELECT number, job, block, lease, lease_first, lease_count, deadline, node_key, network, at,
         first, count, compute_micros, signature, statuses, digests, details, lengths, outputs
       FROM submissions LEFT JOIN submission_outputs ON submission = number
       WHERE job = ? AND block = ? ORDER BY number`,
    );
    // Lease numbers fill 64 bits.
    this.#byBlock.setReadBigInts(true);
    this.#last = database.prepare('SELECT coalesce(max(number), 0) AS number FROM submissions');
    this.#dropOutputs = database.prepare(
      `DELETE FROM submission_outputs
       WHERE submission IN (SELECT number FROM submissions WHERE job = ? AND block = ?)`,
    );
  }

  add({ claim, network, at, results }: SubmissionRecord): void {
    const { lastInsertRowid } = this.#insert.run(
      claim.job,
      claim.block,
      BigInt.asIntN(64, claim.lease),
      claim.first,
      claim.count,
      claim.deadline,
      fromHex(claim.nodeKey),
      network,
      at,
      results.first,
      results.count,
      results.computeMicros,
      results.signature,
      results.statuses,
      results.digests,
      results.lengths,
      toDetails(results.details),
    );
    if (results.outputs.length > 0) this.#insertOutputs.run(lastInsertRowid, results.outputs);
  }

  /** In the order in which they were kept. */
  ofBlock(job: JobNumber, block: number): NumberedSubmission[] {
    return this.#byBlock.all(job, block).map(toSubmission);
  }

  /** Number of the latest submission of all. */
  last(): number {
    return (this.#last.get() as { number: number }).number;
  }

  dropOutputs(job: JobNumber, block: number): void {
    this.#dropOutputs.run(job, block);
  }
}

function toSubmission(raw: unknown): NumberedSubmission {
  const row = raw as Row;
  const count = Number(row.count);
  return {
    number: Number(row.number),
    submission: {
      claim: {
        job: Number(row.job),
        block: Number(row.block),
        first: Number(row.lease_first),
        count: Number(row.lease_count),
        lease: BigInt.asUintN(64, row.lease),
        deadline: Number(row.deadline),
        nodeKey: toHex(row.node_key),
      },
      network: row.network,
      at: Number(row.at),
      results: {
        first: Number(row.first),
        count,
        statuses: row.statuses,
        digests: row.digests,
        lengths: row.lengths,
        outputs: row.outputs ?? new Uint8Array(0),
        details: fromDetails(row.details),
        computeMicros: Number(row.compute_micros),
        signature: row.signature,
      },
    },
  };
}
