import { File, OpenFile, wasi } from '@bjorn3/browser_wasi_shim';
import { allocate } from './allocate.ts';
import type { MemoryVolume } from './memory-volume.ts';

/**
 * A file whose bytes are counted, which grows by doubling, and which copies the bytes it was given
 * only when it is written to. Its room is given back when it has no name and nobody has it open.
 */
export class MemoryFile extends File {
  /** Whether somebody has written and closed it. */
  complete = false;
  readonly volume: MemoryVolume;
  #storage = new Uint8Array(0);
  #names = 0;
  #open = 0;
  #held = true;

  /** @param given shared, never written to */
  constructor(volume: MemoryVolume, given?: Uint8Array) {
    super([]);
    this.ino = volume.nextInode();
    this.volume = volume;
    if (given) this.data = given;
  }

  /** @returns whether there was room */
  resize(size: number): boolean {
    if (size > this.#storage.length && !this.#grow(size)) return false;
    if (size < this.data.length) this.#storage.fill(0, size, this.data.length);
    this.data = this.#storage.subarray(0, size);
    return true;
  }

  #grow(size: number): boolean {
    const roomy = Math.max(size, 2 * this.#storage.length, this.data.length);
    for (const capacity of [roomy, size]) {
      if (!this.volume.take(capacity - this.#storage.length)) continue;
      const storage = allocate(capacity);
      storage.set(this.data.subarray(0, capacity));
      this.#storage = storage;
      return true;
    }
    return false;
  }

  override path_open(oflags: number, _rights: bigint, flags: number) {
    if (oflags & wasi.OFLAGS_TRUNC) this.resize(0);
    this.#open++;
    const file = new OpenMemoryFile(this);
    file.append = (flags & wasi.FDFLAGS_APPEND) !== 0;
    file.written = (oflags & (wasi.OFLAGS_TRUNC | wasi.OFLAGS_CREAT)) !== 0;
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: file };
  }

  /** One of its openings has ended. */
  closed(afterWriting: boolean): void {
    this.#open--;
    this.#release();
    if (!afterWriting) return;
    this.complete = true;
    this.volume.onComplete(this);
  }

  /** It has one name more. */
  named(): void {
    this.#names++;
    if (this.#held) return;
    // A rename takes the old name away first; what was given back then is still there.
    this.#held = true;
    this.volume.take(this.#storage.length);
    this.volume.takeEntry();
  }

  /** It has one name less. */
  unnamed(): void {
    this.#names--;
    this.#release();
  }

  #release(): void {
    if (this.#names > 0 || this.#open > 0 || !this.#held) return;
    this.#held = false;
    this.volume.giveBack(this.#storage.length);
    this.volume.giveBackEntry();
  }
}

class OpenMemoryFile extends OpenFile {
  declare file: MemoryFile;
  /** Whether each write goes to the end. */
  append = false;
  /** Whether the file may have changed through this opening. */
  written = false;

  override fd_write(data: Uint8Array) {
    if (this.append) this.file_pos = this.file.size;
    const result = this.fd_pwrite(data, this.file_pos);
    this.file_pos += BigInt(result.nwritten);
    return result;
  }

  override fd_pwrite(data: Uint8Array, offset: bigint) {
    const end = offset + BigInt(data.length);
    const size = Number(end > this.file.size ? end : this.file.size);
    if (!this.#resize(size)) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 };
    this.file.data.set(data, Number(offset));
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_allocate(offset: bigint, length: bigint) {
    const end = offset + length;
    return end <= this.file.size ? wasi.ERRNO_SUCCESS : this.fd_filestat_set_size(end);
  }

  override fd_filestat_set_size(size: bigint) {
    return this.#resize(Number(size)) ? wasi.ERRNO_SUCCESS : wasi.ERRNO_NOSPC;
  }

  #resize(size: number): boolean {
    this.written = true;
    return this.file.resize(size);
  }

  override fd_close() {
    this.file.closed(this.written);
    return wasi.ERRNO_SUCCESS;
  }
}
