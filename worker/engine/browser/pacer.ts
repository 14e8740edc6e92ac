/** Passes values on at a calm rate: the first at once, then the newest of each interval. */
export class Pacer<T> {
  readonly #intervalMs: number;
  readonly #pass: (value: T) => void;
  #make: (() => T | undefined) | null = null;
  #resting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(intervalMs: number, pass: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#pass = pass;
  }

  /** @param make yields the value when its time has come; undefined where there is none */
  offer(make: () => T | undefined): void {
    this.#make = make;
    if (!this.#resting) this.#send();
  }

  /** Passes the newest value on at once: somebody waits for it. */
  hurry(): void {
    if (this.#make) this.#send();
  }

  #send(): void {
    clearTimeout(this.#timer);
    const value = this.#make?.();
    this.#make = null;
    this.#resting = value !== undefined;
    if (value === undefined) return;
    this.#pass(value);
    this.#timer = setTimeout(() => this.#send(), this.#intervalMs);
  }
}
