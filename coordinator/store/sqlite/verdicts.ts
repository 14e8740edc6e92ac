import type { StatementSync } from 'node:sqlite';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import type { JobNumber, VerdictRecord } from '../../scheduler/events.ts';
import type { StatusRecord } from '../reopened.ts';
import type { LoggedVerdicts } from '../store.ts';
import { fromDetails, toBlob, toDetails, toFloat32, toUint16, toUint32 } from './columns.ts';
import type { Database } from './database.ts';

interface Row {
  sequence: number;
  job: number;
  block: number;
  at: number;
  details: string | null;
  shards: Uint8Array;
  statuses: Uint8Array;
  agreed: Uint8Array;
  confidence: Uint8Array;
  lengths: Uint8Array;
  outputs: Uint8Array;
}

const COLUMNS =
  'sequence, job, block, at, details, shards, statuses, agreed, confidence, lengths, outputs';

/** The log of verdicts: one row for those of a block that were reached together. */
export class Verdicts {
  readonly #insert: StatementSync;
  readonly #after: StatementSync;
  readonly #ofBlock: StatementSync;
  readonly #statusesOfBlock: StatementSync;
  readonly #last: StatementSync;
  readonly #blocksWithFailures: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO verdicts (job, block, at, failed, details, shards, statuses, agreed, confidence,
         lengths, outputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#after = database.prepare(
      `SELECT ${COLUMNS} FROM verdicts WHERE job = ? AND sequence > ? ORDER BY sequence`,
    );
    this.#ofBlock = database.prepare(
      `SELECT ${COLUMNS} FROM verdicts WHERE job = ? AND block = ? ORDER BY sequence`,
    );
    this.#statusesOfBlock = database.prepare(
      `SELECT sequence, shards, statuses FROM verdicts
       WHERE job = ? AND block = ? ORDER BY sequence`,
    );
    this.#last = database.prepare('SELECT coalesce(max(sequence), 0) AS sequence FROM verdicts');
    this.#blocksWithFailures = database.prepare(
      'SELECT DISTINCT block FROM verdicts WHERE job = ? AND failed > 0 ORDER BY block',
    );
  }

  add(record: VerdictRecord): void {
    this.#insert.run(
      record.job,
      record.block,
      record.at,
      countFailed(record),
      toDetails(record.details),
      toBlob(record.shards),
      record.statuses,
      record.agreed,
      toBlob(record.confidence),
      toBlob(record.lengths),
      record.outputs,
    );
  }

  /** As many as fit `limitBytes`, at least one where there is one. */
  after(job: JobNumber, after: number, limitBytes: number): LoggedVerdicts[] {
    const rows: LoggedVerdicts[] = [];
    let bytes = 0;
    for (const raw of this.#after.iterate(job, after)) {
      const logged = toVerdicts(raw);
      bytes += sizeOf(logged.verdicts);
      if (rows.length > 0 && bytes > limitBytes) break;
      rows.push(logged);
    }
    return rows;
  }

  ofBlock(job: JobNumber, block: number): LoggedVerdicts[] {
    return this.#ofBlock.all(job, block).map(toVerdicts);
  }

  /** Like `ofBlock`, without reading the outputs. */
  statusesOfBlock(job: JobNumber, block: number): StatusRecord[] {
    return this.#statusesOfBlock.all(job, block).map((row) => ({
      sequence: row.sequence as number,
      shards: toUint16(row.shards as Uint8Array),
      statuses: row.statuses as Uint8Array,
    }));
  }

  /** Sequence of the latest verdicts of all. */
  last(): number {
    return (this.#last.get() as { sequence: number }).sequence;
  }

  /** Blocks in which a shard ever failed, ascending. */
  blocksWithFailures(job: JobNumber): number[] {
    return this.#blocksWithFailures.all(job).map((row) => row.block as number);
  }
}

/** How many of these verdicts are failures. */
export function countFailed(record: VerdictRecord): number {
  let failed = 0;
  for (const status of record.statuses) if (status !== Outcome.ok) failed++;
  return failed;
}

/** Bytes that a record takes in memory, nearly. */
function sizeOf(record: VerdictRecord): number {
  return record.outputs.length + 12 * record.statuses.length;
}

function toVerdicts(raw: unknown): LoggedVerdicts {
  const row = raw as Row;
  return {
    sequence: row.sequence,
    verdicts: {
      job: row.job,
      block: row.block,
      at: row.at,
      shards: toUint16(row.shards),
      statuses: row.statuses,
      agreed: row.agreed,
      confidence: toFloat32(row.confidence),
      lengths: toUint32(row.lengths),
      outputs: row.outputs,
      details: fromDetails(row.details),
    },
  };
}
