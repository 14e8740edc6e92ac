/** Passes values on at a calm rate: the first at once, then the newest of each interval. */
export class Pacer<T> {
  readonly #intervalMs: number;
  readonly #pass: (value: T) => void;
  #make: (() => T | undefined) | null = null;
  #resting = false;

  constructor(intervalMs: number, pass: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#pass = pass;
  }

  /** @param make yields the value when its time has come; undefined where there is none */
  offer(make: () => T | undefined): void {
    this.#make = make;
    if (!this.#resting) this.#send();
  }

  #send(): void {
    const value = this.#make?.();
    this.#make = null;
    this.#resting = value !== undefined;
    if (value === undefined) return;
    this.#pass(value);
    setTimeout(() => this.#send(), this.#intervalMs);
  }
}
