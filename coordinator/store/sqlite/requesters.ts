import { randomUUID } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { RequesterRow } from '../store.ts';
import type { Database } from './database.ts';

/** Who may post jobs. */
export class Requesters {
  readonly #insert: StatementSync;
  readonly #byTokenHash: StatementSync;
  readonly #count: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO requesters (id, name, token_hash, admin) VALUES (?, ?, ?, ?) RETURNING number',
    );
    this.#byTokenHash = database.prepare(
      'SELECT number, id, name, admin FROM requesters WHERE token_hash = ?',
    );
    this.#count = database.prepare('SELECT count(*) AS count FROM requesters');
  }

  add(requester: { name: string; tokenHash: string; admin: boolean }): RequesterRow {
    const id = randomUUID();
    const row = this.#insert.get(
      id,
      requester.name,
      requester.tokenHash,
      Number(requester.admin),
    ) as { number: number };
    return { number: row.number, id, name: requester.name, admin: requester.admin };
  }

  byTokenHash(tokenHash: string): RequesterRow | null {
    const row = this.#byTokenHash.get(tokenHash) as
      | (Omit<RequesterRow, 'admin'> & { admin: number })
      | undefined;
    return row ? { number: row.number, id: row.id, name: row.name, admin: row.admin === 1 } : null;
  }

  count(): number {
    return (this.#count.get() as { count: number }).count;
  }
}
