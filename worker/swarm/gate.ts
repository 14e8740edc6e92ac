/** Lets pass while it is open; others wait. */
export class Gate {
  #opened: PromiseWithResolvers<void> | null = null;

  /** Resolves as soon as it is open. */
  get passed(): Promise<void> {
    return this.#opened?.promise ?? Promise.resolve();
  }

  set(open: boolean): void {
    if (open) {
      this.#opened?.resolve();
      this.#opened = null;
    } else this.#opened ??= Promise.withResolvers<void>();
  }
}
