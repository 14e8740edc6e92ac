import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

const SECRET_BYTES = 32;

/** The secret of this file; made when it is first asked for. */
export function readSecret(database: Database): Uint8Array {
  return database.write(() => {
    database
      .prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run('secret', randomBytes(SECRET_BYTES));
    const row = database.prepare('SELECT value FROM settings WHERE name = ?').get('secret');
    return row?.value as Uint8Array;
  });
}
