import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeContract } from '../contract.ts';
import { exampleJob, exampleSubmission } from '../examples.ts';
import type { CommitBatch } from '../store.ts';
import { openDatabase } from './database.ts';
import { openSqliteStore, SqliteStore } from './store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-store-'));
  path = join(folder, 'store.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

storeContract('SQLite', async () => {
  let store = openSqliteStore(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openSqliteStore(path);
      return store;
    },
    destroy: () => store.close(),
  };
});

/** Bytes of the database with its log. */
function sizeOnDisk(): number {
  return ['', '-wal'].reduce(
    (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

const batchOf = (job: number, fence: number, lease: bigint): CommitBatch => ({
  claims: [{ job, block: 0, fence }],
  submissions: [exampleSubmission({ job, block: 0, lease, first: 0, count: 2000 })],
  verdicts: [],
  finished: [],
  credits: [{ key: 'aa'.repeat(32), agreed: 1, rejected: 0 }],
});

test('STO-18 a full disk refuses the whole commit with STORE_FULL, keeps what was there, and recovers', async () => {
  const database = openDatabase(path);
  const store = new SqliteStore(database);
  const { number } = await store.addRequester({ name: 'R', tokenHash: 'h', admin: false });
  const job = await store.addJob(exampleJob(number));
  const { fence } = await store.claimBlock(job.number, 0, 'me');
  await store.commit(batchOf(job.number, fence, 1n));

  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
  database.connection.exec(`PRAGMA max_page_count = ${pages + 4}`);
  await expect(store.commit(batchOf(job.number, fence, 2n))).rejects.toMatchObject({
    code: 'STORE_FULL',
  });
  expect(await store.submissionsOf(job.number, 0)).toHaveLength(1);
  expect(await store.nodeTotals('aa'.repeat(32))).toEqual({ agreed: 1, rejected: 0 });

  database.connection.exec('PRAGMA max_page_count = 1000000');
  await store.commit(batchOf(job.number, fence, 2n));
  expect(await store.submissionsOf(job.number, 0)).toHaveLength(2);
  expect(await store.nodeTotals('aa'.repeat(32))).toEqual({ agreed: 2, rejected: 0 });
  await store.close();
});

test('STO-19 a job of 10^9 shards costs less than a megabyte of disk', async () => {
  const store = openSqliteStore(path);
  const { number } = await store.addRequester({ name: 'R', tokenHash: 'h', admin: false });
  await store.addJob(exampleJob(number, { shards: 1e9 }));
  expect(sizeOnDisk()).toBeLessThan(1_000_000);
  await store.close();
});

test('STO-20 one process owns the file', async () => {
  const store = openSqliteStore(path);
  const second = new DatabaseSync(path);
  expect(() => second.exec('SELECT count(*) FROM jobs')).toThrow(/locked/);
  second.close();
  await store.close();
});

test('STO-21 a file of another program or of a later version is left alone', () => {
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE recipes (name TEXT)');
  other.close();
  expect(() => openSqliteStore(path)).toThrow(expect.objectContaining({ code: 'STORE_FOREIGN' }));

  const later = join(folder, 'later.sqlite');
  const database = openDatabase(later);
  database.connection.exec('PRAGMA user_version = 1000');
  database.close();
  expect(() => openSqliteStore(later)).toThrow(expect.objectContaining({ code: 'STORE_TOO_NEW' }));

  const text = join(folder, 'text.sqlite');
  writeFileSync(text, 'This is no database. '.repeat(100));
  expect(() => openSqliteStore(text)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
});
