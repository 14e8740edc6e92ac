import type { Block } from './block.ts';
import type { SchedulerEffect } from './events.ts';

/** Sums up, by participant, how the verdicts of one submission judged replicas. */
export class Credits {
  readonly #agreed = new Map<number, number>();
  readonly #rejected = new Map<number, number>();

  agree(participant: number, replicas: number): void {
    this.#agreed.set(participant, (this.#agreed.get(participant) ?? 0) + replicas);
  }

  reject(participant: number, replicas: number): void {
    this.#rejected.set(participant, (this.#rejected.get(participant) ?? 0) + replicas);
  }

  /** The effects of what was summed up; then it is empty again. */
  take(block: Block, effects: SchedulerEffect[]): void {
    const { keys } = block.participants;
    for (const participant of new Set([...this.#agreed.keys(), ...this.#rejected.keys()]))
      effects.push({
        type: 'credit',
        key: keys[participant],
        job: block.job,
        agreed: this.#agreed.get(participant) ?? 0,
        rejected: this.#rejected.get(participant) ?? 0,
      });
    this.clear();
  }

  clear(): void {
    this.#agreed.clear();
    this.#rejected.clear();
  }
}
