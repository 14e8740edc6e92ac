import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Transactions a second that append so many bytes as one row to SQLite, each synced to the disk. */
export async function appendRate(bytes: number, seconds: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-append-'));
  const database = new DatabaseSync(join(folder, 'raw.sqlite'));
  try {
    database.exec(`
      PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4096; CREATE TABLE rows (bytes BLOB);
    `);
    const insert = database.prepare('INSERT INTO rows VALUES (?)');
    const row = randomBytes(Math.max(1, Math.round(bytes)));
    const began = performance.now();
    let rows = 0;
    let now = began;
    for (; now - began < seconds * 1000; rows++) {
      insert.run(row);
      now = performance.now();
    }
    return (1000 * rows) / (now - began);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}
