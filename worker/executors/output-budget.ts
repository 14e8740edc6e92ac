/** Thrown out of the program's write, so that a program which prints for ever ends at once. */
class OutputLimitReached extends Error {}

/** Bytes that one run may still write; what stdout, stderr and collected files have in common. */
export class OutputBudget {
  /** Stays true, for a program that catches the exception and goes on. */
  exceeded = false;
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @throws OutputLimitReached when less than `bytes` are left, and each time after that. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0 && !this.exceeded) return;
    this.exceeded = true;
    throw new OutputLimitReached();
  }
}
