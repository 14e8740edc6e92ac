import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Coordinator, startCoordinator } from '../e2e/coordinator.ts';
import { Client } from '../sdk/client/client.ts';
import { utf8 } from '../shared/bytes.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { residentBytes } from './harness/metrics.ts';
import { median } from './harness/statistics.ts';
import { readable } from './harness/table.ts';

const SHARDS = 1_000_000_000;
/** Posted first and not measured, so that code is warm and pools have their size. */
const WARM_UP_JOBS = 20;
/** Rows of the simpler method: as many as take a second, not a thousandth of the shards more. */
const ROWS = 1_000_000;

export const bench: Bench = {
  name: 'range',
  summary: 'what a posted range of 10^9 shards costs: time, memory and disk',
  run,
};

async function run({ quick }: BenchOptions): Promise<Report> {
  const jobs = quick ? 50 : 200;
  const coordinator = await startCoordinator(['--log-level', 'error', ...QUIET_LIMITS]);
  try {
    const client = new Client(coordinator);
    const { id } = await client.upload(utf8('export default (i) => i;'));
    const post = async () => {
      const began = performance.now();
      await client.post({
        name: 'range',
        program: { kind: 'javascript', blob: id },
        inputs: { kind: 'range', from: 1, to: SHARDS },
      });
      return performance.now() - began;
    };
    const first = await post();
    for (let i = 0; i < WARM_UP_JOBS; i++) await post();
    const memoryBefore = await residentBytes(coordinator.url);
    const diskBefore = await diskBytes(coordinator);
    const times: number[] = [];
    for (let i = 0; i < jobs; i++) times.push(await post());
    const memory = ((await residentBytes(coordinator.url)) - memoryBefore) / jobs;
    const disk = ((await diskBytes(coordinator)) - diskBefore) / jobs;
    const rows = rowPerShard();
    return {
      figures: {
        shards: SHARDS,
        jobs,
        post_ms: median(times),
        slowest_post_ms: Math.max(first, ...times),
        memory_bytes: Math.max(0, memory),
        disk_bytes: disk,
        row_per_shard: { shards: ROWS, ...rows },
      },
      table: [
        ['', 'shards', 'time ms', 'memory KB', 'disk KB'],
        [
          'a posted range',
          readable(SHARDS),
          readable(median(times)),
          readable(memory / 1000),
          readable(disk / 1000),
        ],
        [
          'a row for each shard in SQLite',
          readable(ROWS),
          readable(rows.ms),
          '',
          readable(rows.bytes / 1000),
        ],
      ],
      notes: [
        `Growth over ${jobs} jobs, for one of them; the slowest post took ${readable(Math.max(first, ...times))} ms.`,
      ],
    };
  } finally {
    await coordinator.dispose();
  }
}

/** One requester posts faster here than a person may. */
const QUIET_LIMITS = ['--requests-per-second', '1000'];

async function diskBytes({ dataFolder }: Coordinator): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dataFolder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

/** The simpler method: a row for each shard before any is touched. */
function rowPerShard(): { ms: number; bytes: number } {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-rows-'));
  const path = join(folder, 'rows.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA synchronous = FULL;
    CREATE TABLE shards (job INTEGER, shard INTEGER, state INTEGER, PRIMARY KEY (job, shard)) WITHOUT ROWID;`);
  const insert = database.prepare('INSERT INTO shards VALUES (1, ?, 0)');
  const began = performance.now();
  database.exec('BEGIN');
  for (let shard = 0; shard < ROWS; shard++) insert.run(shard);
  database.exec('COMMIT');
  const ms = performance.now() - began;
  database.close();
  const { size } = statSync(path);
  rmSync(folder, { recursive: true });
  return { ms, bytes: size };
}
