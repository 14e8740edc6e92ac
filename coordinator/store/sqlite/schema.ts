import type { DatabaseSync } from 'node:sqlite';
import { ManyhandsError } from '../../../shared/errors.ts';

/** Marks a file as ours ("mnhd"), so that another program's database is never written into. */
const APPLICATION_ID = 0x6d6e6864;

/**
 * Each step takes the file from the version of its index to the next. A step that was released is
 * never edited; a change is a new step.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE requesters (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    admin INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    requester INTEGER NOT NULL REFERENCES requesters,
    idempotency_key TEXT,
    spec TEXT NOT NULL,
    input_index TEXT,
    shards INTEGER NOT NULL,
    block_shards INTEGER NOT NULL,
    program_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended_at INTEGER,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    compute_micros INTEGER NOT NULL DEFAULT 0,
    UNIQUE (requester, idempotency_key)
  ) STRICT;
  CREATE INDEX jobs_by_state ON jobs (state);

  -- One row for a block that was ever claimed.
  CREATE TABLE blocks (
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    owner TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, block)
  ) STRICT, WITHOUT ROWID;

  -- Evidence: who answered what, signed. Kept for as long as the job.
  CREATE TABLE submissions (
    number INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    lease_first INTEGER NOT NULL,
    lease_count INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    node_key BLOB NOT NULL,
    network TEXT NOT NULL,
    at INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    compute_micros INTEGER NOT NULL,
    signature BLOB NOT NULL,
    statuses BLOB NOT NULL,
    digests BLOB NOT NULL,
    lengths BLOB NOT NULL,
    details TEXT
  ) STRICT;
  CREATE INDEX submissions_by_block ON submissions (job, block);

  -- Needed only until the block is finished: verdicts have the outputs that count.
  CREATE TABLE submission_outputs (
    submission INTEGER PRIMARY KEY REFERENCES submissions,
    outputs BLOB NOT NULL
  ) STRICT;

  -- The result log: its order is that of the numbers.
  CREATE TABLE verdicts (
    sequence INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    at INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    details TEXT,
    shards BLOB NOT NULL,
    statuses BLOB NOT NULL,
    agreed BLOB NOT NULL,
    confidence BLOB NOT NULL,
    lengths BLOB NOT NULL,
    outputs BLOB NOT NULL
  ) STRICT;
  CREATE INDEX verdicts_by_job ON verdicts (job);
  CREATE INDEX verdicts_by_block ON verdicts (job, block);
  CREATE INDEX verdicts_with_failures ON verdicts (job) WHERE failed > 0;

  -- Shards that were opened again; what came before the two places does not count for them.
  CREATE TABLE retries (
    number INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    after_submission INTEGER NOT NULL,
    after_verdict INTEGER NOT NULL,
    shards BLOB NOT NULL
  ) STRICT;
  CREATE INDEX retries_by_block ON retries (job, block);

  CREATE TABLE nodes (
    key BLOB PRIMARY KEY,
    agreed INTEGER NOT NULL,
    rejected INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A job's place in a chain of stages as JSON, and the id of the chain's first job to find it by.
  ALTER TABLE jobs ADD COLUMN stage TEXT;
  ALTER TABLE jobs ADD COLUMN first_stage TEXT;
  CREATE INDEX jobs_by_first_stage ON jobs (first_stage) WHERE first_stage IS NOT NULL;
  `,
  `
  -- Blobs that verdicts' outputs refer to. Those that are not kept here are on nodes only.
  CREATE TABLE referred_outputs (
    number INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    blob BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    kept INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX referred_outputs_by_blob ON referred_outputs (blob);
  CREATE INDEX referred_outputs_by_shard ON referred_outputs (job, block, shard);
  CREATE INDEX referred_outputs_on_nodes ON referred_outputs (number) WHERE kept = 0;
  `,
  `
  -- Those of a stage whose whole job is over are released: nobody need keep them any more.
  ALTER TABLE referred_outputs ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
  DROP INDEX referred_outputs_by_blob;
  CREATE INDEX referred_outputs_by_blob ON referred_outputs (blob, released);
  DROP INDEX referred_outputs_on_nodes;
  CREATE INDEX referred_outputs_on_nodes ON referred_outputs (number)
    WHERE kept = 0 AND released = 0;
  `,
];

/**
 * Brings the file to this build's version.
 * @throws ManyhandsError `STORE_FOREIGN` for another program's file, `STORE_TOO_NEW` for one that a later build wrote.
 */
export function migrate(database: DatabaseSync): void {
  const version = pragma(database, 'user_version');
  if (version === 0 && database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get())
    throw foreign();
  if (version > 0 && pragma(database, 'application_id') !== APPLICATION_ID) throw foreign();
  if (version > MIGRATIONS.length)
    throw new ManyhandsError(
      'STORE_TOO_NEW',
      'The database was written by a later version of Manyhands. Start that version, or choose another data folder.',
      { version, known: MIGRATIONS.length },
    );
  for (let step = version; step < MIGRATIONS.length; step++)
    database.exec(
      `BEGIN IMMEDIATE; ${MIGRATIONS[step]}
       PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${step + 1}; COMMIT`,
    );
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function foreign(): ManyhandsError {
  return new ManyhandsError(
    'STORE_FOREIGN',
    'The database file belongs to another program. Choose another data folder.',
  );
}
