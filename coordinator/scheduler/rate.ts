/** Seconds that a rate is taken over: calm enough to read, quick enough to follow. */
const SECONDS = 10;

/** Counts events by the second, to say how many there were a second over the last ones. */
export class Rate {
  readonly #counts = new Float64Array(SECONDS);
  #second = 0;
  #firstSecond = 0;

  /** @param now milliseconds since 1970 */
  add(events: number, now: number): void {
    this.#moveTo(now);
    this.#counts[this.#second % SECONDS] += events;
  }

  /** Events a second over the last full seconds and the running one. */
  perSecond(now: number): number {
    this.#moveTo(now);
    let events = 0;
    for (const count of this.#counts) events += count;
    const span = now / 1000 - Math.max(this.#second - SECONDS + 1, this.#firstSecond);
    return events / Math.max(1, span);
  }

  #moveTo(now: number): void {
    const second = Math.floor(now / 1000);
    if (this.#firstSecond === 0) this.#firstSecond = second;
    const passed = Math.min(SECONDS, second - this.#second);
    for (let i = 1; i <= passed; i++) this.#counts[(this.#second + i) % SECONDS] = 0;
    if (second > this.#second) this.#second = second;
  }
}
