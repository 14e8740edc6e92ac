import { ManyhandsError } from '../../shared/errors.ts';
import type { DispatcherHealth } from './live.ts';

/** Whether results can be made durable, and who is told when that changes. */
export class Health {
  readonly #onChange: (health: DispatcherHealth) => void;
  #now: DispatcherHealth = { state: 'starting' };

  constructor(onChange: (health: DispatcherHealth) => void) {
    this.#onChange = onChange;
  }

  get now(): DispatcherHealth {
    return this.#now;
  }

  /** @throws ManyhandsError what writing fails with, where it does. */
  mustBeWell(): void {
    const health = this.#now;
    if (health.state !== 'failing') return;
    throw new ManyhandsError(health.code, health.message, { since: health.since });
  }

  set(health: DispatcherHealth): void {
    this.#now = health;
    this.#onChange(health);
  }

  /** Writing failed (again). True where that is news. */
  failed({ code, message, facts }: ManyhandsError, at: number): boolean {
    if (this.#now.state === 'failing' && this.#now.code === code) return false;
    this.set({ state: 'failing', code, message, facts, since: at });
    return true;
  }

  /** Writing succeeded. */
  recovered(): void {
    if (this.#now.state === 'failing') this.set({ state: 'well' });
  }
}
