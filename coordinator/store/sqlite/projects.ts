import type { StatementSync } from 'node:sqlite';
import type { Project } from '../../../shared/api/schemas.ts';
import type { Database } from './database.ts';

/** Projects: few, small, read whole. */
export class Projects {
  readonly #put: StatementSync;
  readonly #all: StatementSync;

  constructor(database: Database) {
    this.#put = database.prepare(
      `INSERT INTO projects (id, name, purpose) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, purpose = excluded.purpose`,
    );
    this.#all = database.prepare('SELECT id, name, purpose FROM projects ORDER BY id');
  }

  put(project: Project): void {
    this.#put.run(project.id, project.name, project.purpose);
  }

  all(): Project[] {
    return this.#all
      .all()
      .map(({ id, name, purpose }) => ({ id, name, purpose }) as unknown as Project);
  }
}
