import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ManyhandsError } from '../../../shared/errors.ts';
import { migrate } from './schema.ts';

/** Primary result codes of SQLite that we tell apart. */
const RESULT = { busy: 5, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

/** Blobs of tens of kilobytes are the rule here; larger pages make their chains short. */
const PAGE_BYTES = 8192;
/** Pages that gather in the write-ahead log before they are moved: 32 MiB, a second of full load. */
const CHECKPOINT_PAGES = 4096;
/** What the write-ahead log may keep of the disk once it is emptied. */
const JOURNAL_BYTES = 1024 * 1024;

/**
 * One SQLite file, owned by this process alone, with every commit synced to the disk.
 * @throws ManyhandsError `STORE_IN_USE`, `STORE_FOREIGN`, `STORE_TOO_NEW`, `STORE_FULL`, `STORE_FAILED`.
 */
export function openDatabase(path: string): Database {
  return guarded(() => {
    const connection = new DatabaseSync(path, { timeout: 1000 });
    try {
      // Exclusive: a second coordinator on the same file would lease the same blocks again.
      connection.exec(`
        PRAGMA page_size = ${PAGE_BYTES};
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${JOURNAL_BYTES};
      `);
      migrate(connection);
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
    return new Database(connection);
  });
}

/** A connection whose errors are ours and whose transactions are whole. */
export class Database {
  readonly connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    this.connection = connection;
  }

  prepare(sql: string): StatementSync {
    return this.connection.prepare(sql);
  }

  /** Errors of SQLite become `STORE_FULL`, `STORE_IN_USE` or `STORE_FAILED`. */
  read<T>(work: () => T): T {
    return guarded(work);
  }

  /** All of `work` is durable when this returns, or nothing of it happened. Errors as for `read`. */
  write<T>(work: () => T): T {
    return guarded(() => {
      this.connection.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.connection.exec('COMMIT');
        return result;
      } catch (thrown) {
        // A full disk may have rolled back by itself.
        if (this.connection.isTransaction) this.connection.exec('ROLLBACK');
        throw thrown;
      }
    });
  }

  close(): void {
    this.connection.close();
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw toStoreError(thrown);
  }
}

function toStoreError(thrown: unknown): unknown {
  if (!(thrown instanceof Error && 'errcode' in thrown)) return thrown;
  const extended = Number(thrown.errcode);
  const facts = { sqlite: extended, detail: thrown.message };
  switch (extended & 0xff) {
    case RESULT.full:
      return new ManyhandsError(
        'STORE_FULL',
        'The disk of the data folder is full. Free some space; what was accepted is safe, and work goes on by itself.',
        facts,
      );
    case RESULT.busy:
      return new ManyhandsError(
        'STORE_IN_USE',
        'Another process has the database open. Stop it, or choose another data folder.',
        facts,
      );
    case RESULT.corrupt:
    case RESULT.notADatabase:
      return new ManyhandsError(
        'STORE_CORRUPT',
        'The database file is damaged. Restore it from a backup.',
        facts,
      );
    default:
      return new ManyhandsError(
        'STORE_FAILED',
        'The database could not be read or written. Check the disk and the permissions of the data folder.',
        facts,
      );
  }
}
