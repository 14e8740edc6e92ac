/** Does things one after the other, in the order in which they were asked for; some take time. */
export class InOrder {
  #waiting: (() => undefined | Promise<void>)[] = [];
  #busy = false;
  #generation = 0;

  /** Does it now, or when what takes time before it is over. */
  do(act: () => undefined | Promise<void>): void {
    this.#waiting.push(act);
    if (!this.#busy) this.#goOn();
  }

  /** Drops what waits. What is on its way learns from `isCurrent` that it was dropped, too. */
  clear(): void {
    this.#generation++;
    this.#waiting = [];
    this.#busy = false;
  }

  /** A question to ask after each wait: whether nothing was cleared since now. */
  current(): () => boolean {
    const generation = this.#generation;
    return () => this.#generation === generation;
  }

  #goOn(): void {
    this.#busy = true;
    const isCurrent = this.current();
    for (let act = this.#waiting.shift(); act; act = this.#waiting.shift()) {
      const ending = act();
      if (!isCurrent()) return;
      if (!ending) continue;
      ending.finally(() => {
        if (isCurrent()) this.#goOn();
      });
      return;
    }
    this.#busy = false;
  }
}
