import type { StatementSync } from 'node:sqlite';
import { fromHex } from '../../../shared/bytes.ts';
import type { Database } from './database.ts';

/** Lifelong totals of nodes, by their public keys. */
export class Nodes {
  readonly #credit: StatementSync;
  readonly #totals: StatementSync;

  constructor(database: Database) {
    this.#credit = database.prepare(
      `INSERT INTO nodes (key, agreed, rejected) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET agreed = agreed + excluded.agreed,
         rejected = rejected + excluded.rejected`,
    );
    this.#totals = database.prepare('SELECT agreed, rejected FROM nodes WHERE key = ?');
  }

  credit(key: string, agreed: number, rejected: number): void {
    this.#credit.run(fromHex(key), agreed, rejected);
  }

  totals(key: string): { agreed: number; rejected: number } {
    const row = this.#totals.get(fromHex(key)) as { agreed: number; rejected: number } | undefined;
    return { agreed: row?.agreed ?? 0, rejected: row?.rejected ?? 0 };
  }
}
