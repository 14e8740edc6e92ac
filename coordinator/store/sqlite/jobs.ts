import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { InputIndex } from '../../../shared/job/view.ts';
import type { JobNumber } from '../../scheduler/events.ts';
import type { JobFilter, JobRow, NewJob } from '../store.ts';
import type { Database } from './database.ts';

const COLUMNS = `number, id, requester, spec, input_index, shards, block_shards, program_bytes,
  stage, created_at, state, ended_at, done, failed, compute_micros`;

interface Row {
  number: number;
  id: string;
  requester: number;
  spec: string;
  input_index: string | null;
  shards: number;
  block_shards: number;
  program_bytes: number;
  stage: string | null;
  created_at: number;
  state: JobRow['state'];
  ended_at: number | null;
  done: number;
  failed: number;
  compute_micros: number;
}

/**
 * The state of a job in stages as a whole: its last stage's, once that has begun or ended; before,
 * it runs as long as any stage does, and waits for its requester where none does.
 */
const WHOLE_STATE = `coalesce(
  (SELECT CASE
     WHEN last.state <> 'waiting' THEN last.state
     WHEN EXISTS (SELECT 1 FROM jobs AS other
       WHERE other.first_stage = job.id AND other.state = 'running') THEN 'running'
     ELSE 'waiting' END
   FROM jobs AS last WHERE last.first_stage = job.id ORDER BY last.number DESC LIMIT 1),
  state)`;

/** Jobs with their running totals. */
export class Jobs {
  readonly #database: Database;
  readonly #insert: StatementSync;
  readonly #byKey: StatementSync;
  readonly #byId: StatementSync;
  readonly #stagesOf: StatementSync;
  readonly #startStage: StatementSync;
  readonly #blockShards: StatementSync;
  readonly #end: StatementSync;
  readonly #addTotals: StatementSync;
  readonly #reopen: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO jobs (id, requester, idempotency_key, spec, input_index, shards, block_shards,
         program_bytes, stage, first_stage, created_at, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${COLUMNS}`,
    );
    this.#byKey = database.prepare(
      `SELECT ${COLUMNS} FROM jobs WHERE requester = ? AND idempotency_key = ?`,
    );
    this.#byId = database.prepare(`SELECT ${COLUMNS} FROM jobs WHERE id = ?`);
    this.#stagesOf = database.prepare(
      `SELECT ${COLUMNS} FROM jobs WHERE first_stage = ? ORDER BY number`,
    );
    this.#startStage = database.prepare(
      `UPDATE jobs SET state = 'running', input_index = ? WHERE number = ? AND state = 'waiting'`,
    );
    this.#blockShards = database.prepare('SELECT block_shards FROM jobs WHERE number = ?');
    this.#end = database.prepare(
      `UPDATE jobs SET state = ?, ended_at = ? 
       WHERE number = ? AND state IN ('running', 'waiting')`,
    );
    this.#addTotals = database.prepare(
      `UPDATE jobs SET done = done + ?, failed = failed + ?, compute_micros = compute_micros + ?
       WHERE number = ?`,
    );
    this.#reopen = database.prepare(
      `UPDATE jobs SET done = done - ?, failed = failed - ?, state = 'running', ended_at = NULL
       WHERE number = ?`,
    );
  }

  add(job: NewJob, later: readonly NewJob[]): JobRow {
    if (job.idempotencyKey !== null) {
      const earlier = this.#byKey.get(job.requester, job.idempotencyKey);
      if (earlier) return toJob(earlier);
    }
    const row = this.#insertRow(job, 'running');
    for (const stage of later) this.#insertRow(stage, 'waiting');
    return row;
  }

  #insertRow(job: NewJob, state: JobRow['state']): JobRow {
    const row = this.#insert.get(
      job.id,
      job.requester,
      job.idempotencyKey,
      JSON.stringify(job.spec),
      job.index ? JSON.stringify(job.index) : null,
      job.shards,
      job.blockShards,
      job.programBytes,
      job.stage ? JSON.stringify(job.stage) : null,
      job.stage?.first ?? null,
      job.createdAt,
      state,
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

  /** Rows of a chain are made one after the other, so their order is that of their numbers. */
  stagesOf(first: string): JobRow[] {
    return this.#stagesOf.all(first).map(toJob);
  }

  startStage(job: JobNumber, index: InputIndex): void {
    this.#startStage.run(JSON.stringify(index), job);
  }

  list(filter: JobFilter): JobRow[] {
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const where = (condition: string, value: SQLInputValue) => {
      conditions.push(condition);
      values.push(value);
    };
    if (filter.requester !== null) where('requester = ?', filter.requester);
    if (filter.folded) conditions.push('(first_stage IS NULL OR first_stage = id)');
    const state = filter.folded ? WHOLE_STATE : 'state';
    if (filter.state !== undefined) where(`${state} = ?`, filter.state);
    if (filter.before !== undefined) where('number < ?', filter.before);
    const condition = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.#database
      .prepare(`SELECT ${COLUMNS} FROM jobs AS job ${condition} ORDER BY number DESC LIMIT ?`)
      .all(...values, filter.limit)
      .map(toJob);
  }

  end(job: JobNumber, state: 'done' | 'cancelled' | 'expired', at: number): void {
    this.#end.run(state, at, job);
  }

  addTotals(job: JobNumber, totals: { done: number; failed: number; computeMicros: number }): void {
    this.#addTotals.run(totals.done, totals.failed, totals.computeMicros, job);
  }

  /** Takes back that many decided shards; the job runs again. */
  reopen(job: JobNumber, { done, failed }: { done: number; failed: number }): void {
    this.#reopen.run(done, failed, job);
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
    stage: row.stage === null ? null : JSON.parse(row.stage),
    createdAt: row.created_at,
    state: row.state,
    endedAt: row.ended_at,
    done: row.done,
    failed: row.failed,
    computeMicros: row.compute_micros,
  };
}
