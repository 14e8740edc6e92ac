import type { JobNumber } from '../scheduler/events.ts';
import type { JobListener } from './live.ts';

/** Pause between two rounds of news: a person sees no delay, and listeners read many changes at once. */
const PAUSE_MS = 50;

/** Tells listeners which jobs changed: in the next turn after a quiet time, else in rounds. */
export class JobNews {
  readonly #listeners = new Set<JobListener>();
  readonly #changed = new Set<JobNumber>();
  #pause: NodeJS.Timeout | null = null;

  /** Returns the way to stop listening. */
  listen(listener: JobListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(job: JobNumber): void {
    this.#changed.add(job);
    this.#pause ??= setTimeout(() => this.#tell(), 0);
  }

  /** Tells what is left now, and keeps no timer. */
  close(): void {
    if (this.#pause) clearTimeout(this.#pause);
    this.#tell();
    if (this.#pause) clearTimeout(this.#pause);
  }

  #tell(): void {
    this.#pause = null;
    if (this.#changed.size === 0) return;
    this.#pause = setTimeout(() => this.#tell(), PAUSE_MS);
    const jobs = [...this.#changed];
    this.#changed.clear();
    for (const job of jobs) for (const listener of this.#listeners) listener(job);
  }
}
