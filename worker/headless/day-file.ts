import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Day, type DayStorage, isDay } from '../swarm/traffic.ts';

/** The day's data count of a headless node: one small file in its folder. */
export class DayFile implements DayStorage {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async loadDay(): Promise<Day | null> {
    const text = await readFile(join(this.#folder, 'day.json'), 'utf8');
    const kept: unknown = JSON.parse(text);
    return isDay(kept) ? kept : null;
  }

  async saveDay(day: Day): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, 'day.json');
    // There wholly or not at all.
    await writeFile(`${path}.new`, JSON.stringify(day), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
