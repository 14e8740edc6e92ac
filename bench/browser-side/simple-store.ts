import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * What one would write first: shards handed out one by one, each result a row and a commit of its
 * own that is on the disk before it is confirmed, as ours are.
 */
export class SimpleStore {
  readonly #folder = mkdtempSync(join(tmpdir(), 'manyhands-bench-'));
  readonly #database = new DatabaseSync(join(this.#folder, 'results.sqlite'));
  #next = 0;

  constructor() {
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE result (shard INTEGER PRIMARY KEY, digest BLOB NOT NULL)`);
  }

  next(): number {
    return this.#next++;
  }

  keep(shard: number, digest: Uint8Array): void {
    this.#database.prepare('INSERT INTO result VALUES (?, ?)').run(shard, digest);
  }

  dispose(): void {
    this.#database.close();
    rmSync(this.#folder, { recursive: true });
  }
}
