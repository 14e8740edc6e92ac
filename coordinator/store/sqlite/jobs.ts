import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { JobNumber } from '../../scheduler/events.ts';
import type { JobRow, NewJob } from '../store.ts';
import type { Database } from './database.ts';

const COLUMNS = `number, id, requester, spec, input_index, shards, block_shards, program_bytes,
  created_at, state, ended_at, done, failed, compute_micros`;

interface Row {
  number: number;
  id: string;
  requester: number;
  spec: string;
  input_index: string | null;
  shards: number;
  block_shards: number;
  program_bytes: number;
  created_at: number;
  state: JobRow['state'];
  ended_at: number | null;
  done: number;
  failed: number;
  compute_micros: number;
}

/** Jobs with their running totals. */
export class Jobs {
  readonly #database: Database;
  readonly #insert: StatementSync;
  readonly #byKey: StatementSync;
  readonly #byId: StatementSync;
  readonly #blockShards: StatementSync;
  readonly #end: StatementSync;
  readonly #addTotals: StatementSync;
  readonly #reopen: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO jobs (id, requester, idempotency_key, spec, input_index, shards, block_shards,
         program_bytes, created_at, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running') RETURNING ${COLUMNS}`,
    );
    this.#byKey = database.prepare(
      `SELECT ${COLUMNS} FROM jobs WHERE requester = ? AND idempotency_key = ?`,
    );
    this.#byId = database.prepare(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`);
    this.#blockShards = database.prepare('SELECT block_shards FROM jobs WHERE number = ?');
    this.#end = database.prepare(
      `UPDATE jobs SET state = ?, ended_at = ? WHERE number = ? AND state = 'running'`,
    );
    this.#addTotals = database.prepare(
      `UPDATE jobs SET done = done + ?, failed = failed + ?, compute_micros = compute_micros + ?
       WHERE number = ?`,
    );
    this.#reopen = database.prepare(
      `UPDATE jobs SET failed = failed - ?, state = 'running', ended_at = NULL WHERE number = ?`,
    );
  }

  add(job: NewJob): JobRow {
    if (job.idempotencyKey !== null) {
      const earlier = this.#byKey.get(job.requester, job.idempotencyKey);
      if (earlier) return toJob(earlier);
    }
    const row = this.#insert.get(
      job.id,
      job.requester,
      job.idempotencyKey,
      JSON.stringify(job.spec),
      job.index ? JSON.stringify(job.index) : null,
      job.shards,
      job.blockShards,
      job.programBytes,
      job.createdAt,
    );
    return toJob(row);
  }

  byId(id: string): JobRow | null {
    const row = this.#byId.get(id);
    return row ? toJob(row) : null;
  }

  /** Shards of each of its blocks (but the last). */
  blockShards(job: JobNumber): number {
    return (this.#blockShards.get(job) as { block_shards: number }).block_shards;
  }

  list(filter: {
    requester: number | null;
    state?: JobRow['state'];
    limit: number;
    before?: JobNumber;
  }): JobRow[] {
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const where = (condition: string, value: SQLInputValue) => {
      conditions.push(condition);
      values.push(value);
    };
    if (filter.requester !== null) where('requester = ?', filter.requester);
    if (filter.state !== undefined) where('state = ?', filter.state);
    if (filter.before !== undefined) where('number < ?', filter.before);
    const condition = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.#database
      .prepare(`SELECT ${COLUMNS} FROM jobs ${condition} ORDER BY number DESC LIMIT ?`)
      .all(...values, filter.limit)
      .map(toJob);
  }

  end(job: JobNumber, state: 'done' | 'cancelled' | 'expired', at: number): void {
    this.#end.run(state, at, job);
  }

  addTotals(job: JobNumber, totals: { done: number; failed: number; computeMicros: number }): void {
    this.#addTotals.run(totals.done, totals.failed, totals.computeMicros, job);
  }

  /** Takes back that many failed shards; the job runs again. */
  reopen(job: JobNumber, failed: number): void {
    this.#reopen.run(failed, job);
  }
}

function toJob(raw: unknown): JobRow {
  const row = raw as Row;
  return {
    number: row.number,
    id: row.id,
    requester: row.requester,
    spec: JSON.parse(row.spec),
    shards: row.shards,
    blockShards: row.block_shards,
    index: row.input_index === null ? null : JSON.parse(row.input_index),
    programBytes: row.program_bytes,
    createdAt: row.created_at,
    state: row.state,
    endedAt: row.ended_at,
    done: row.done,
    failed: row.failed,
    computeMicros: row.compute_micros,
  };
}
