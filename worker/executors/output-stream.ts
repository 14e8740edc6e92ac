import { Fd, wasi } from '@bjorn3/browser_wasi_shim';
import { allocate } from './allocate.ts';
import type { OutputBudget } from './output-budget.ts';

/** A program's stdout or stderr: keeps what is written, as far as the budget goes. */
export class OutputStream extends Fd {
  readonly #budget: OutputBudget;
  #storage = new Uint8Array(0);
  #length = 0;

  constructor(budget: OutputBudget) {
    super();
    this.#budget = budget;
  }

  /** Everything written so far; a view that the next write may outdate. */
  get bytes(): Uint8Array {
    return this.#storage.subarray(0, this.#length);
  }

  override fd_write(data: Uint8Array) {
    this.#budget.spend(data.length);
    const length = this.#length + data.length;
    // One growing array rather than a list of parts: a program may print byte by byte.
    if (length > this.#storage.length) {
      const larger = allocate(Math.max(length, 2 * this.#storage.length));
      larger.set(this.bytes);
      this.#storage = larger;
    }
    this.#storage.set(data, this.#length);
    this.#length = length;
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_fdstat_get() {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0);
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_WRITE);
    return { ret: wasi.ERRNO_SUCCESS, fdstat };
  }

  override fd_filestat_get() {
    const filestat = new wasi.Filestat(0n, wasi.FILETYPE_CHARACTER_DEVICE, 0n);
    return { ret: wasi.ERRNO_SUCCESS, filestat };
  }
}
