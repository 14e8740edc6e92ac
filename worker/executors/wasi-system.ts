import { type Fd, WASI, wasi } from '@bjorn3/browser_wasi_shim';
import { CLOCK_STEP_MS, type Clock } from './clock.ts';
import type { Random } from './random.ts';

/** POSIX allows a system to refuse more buffers than this in one call. */
const MAX_BUFFERS = 1024;
/** Bytes of one path, as in Linux. */
const MAX_PATH_BYTES = 4096;
/** Files that one run has open at a time. */
const MAX_OPEN_FILES = 256;
/** Subscriptions of one poll. */
const MAX_SUBSCRIPTIONS = 1024;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const NANOSECONDS_PER_MS = 1_000_000n;
const ABSOLUTE_TIME = wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;

/** What one run of a program sees of the world. */
export interface WasiWorld {
  memory: WebAssembly.Memory;
  /** Arguments and environment (`NAME=value`) in UTF-8. */
  args: readonly Uint8Array[];
  env: readonly Uint8Array[];
  /** stdin, stdout, stderr and the root directory. */
  fds: Fd[];
  clock: Clock;
  /** Made at its first use, because most programs need none. */
  random: () => Random;
}

/** Thrown through the program by `proc_exit`. */
export class ProgramExit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

type SystemCall = (...args: never[]) => unknown;

/**
 * The system calls of WASI preview 1 for one worker, made once and used by one shard after the
 * other: `begin` sets what they act on. Files and directories are the shim's; the calls here are
 * those whose results would depend on the machine, or whose costs a hostile program could drive up.
 */
export class WasiSystem {
  readonly calls: Readonly<Record<string, SystemCall>>;
  readonly #shim = new WASI([], [], [], { debug: false });
  #world!: WasiWorld;

  constructor() {
    this.calls = { ...this.#shim.wasiImport, ...this.#bounded(), ...this.#deterministic() };
  }

  begin(world: WasiWorld): void {
    this.#world = world;
    this.#shim.fds = world.fds;
    this.#shim.inst = { exports: { memory: world.memory } };
  }

  /** Calls of the shim behind checks of how much they are asked to do. */
  #bounded(): Record<string, SystemCall> {
    const shim = this.#shim.wasiImport as Record<string, (...args: unknown[]) => unknown>;
    const calls: Record<string, SystemCall> = {};
    for (const name of ['fd_read', 'fd_write', 'fd_pread', 'fd_pwrite']) {
      calls[name] = (fd: number, buffers: number, count: number, ...rest: unknown[]) =>
        count >>> 0 > MAX_BUFFERS ? wasi.ERRNO_INVAL : shim[name](fd, buffers, count, ...rest);
    }
    /** Calls by where their paths' lengths are among the arguments. */
    const pathLengths = {
      path_create_directory: [2],
      path_filestat_get: [3],
      path_filestat_set_times: [3],
      path_open: [3],
      path_readlink: [2],
      path_remove_directory: [2],
      path_rename: [2, 5],
      path_unlink_file: [2],
    };
    for (const [name, places] of Object.entries(pathLengths)) {
      const call = name === 'path_open' ? this.#openFile : shim[name];
      calls[name] = (...args: number[]) =>
        places.some((place) => args[place] >>> 0 > MAX_PATH_BYTES)
          ? wasi.ERRNO_NAMETOOLONG
          : call(...args);
    }
    // Names are counted where files are created; a second name would not be.
    calls.path_link = () => wasi.ERRNO_NOTSUP;
    calls.path_symlink = () => wasi.ERRNO_NOTSUP;
    return calls;
  }

  /** As the shim's, but with the lowest free number, so that the table cannot grow for ever. */
  readonly #openFile = (...args: unknown[]): unknown => {
    const { fds } = this.#world;
    const free = fds.indexOf(undefined as unknown as Fd);
    if (free < 0 && fds.length >= MAX_OPEN_FILES) return wasi.ERRNO_MFILE;
    const result = this.#shim.wasiImport.path_open(...args);
    const last = fds.length - 1;
    if (result !== wasi.ERRNO_SUCCESS || free < 0) return result;
    fds[free] = fds[last];
    fds.length = last;
    this.#view().setUint32((args[8] as number) >>> 0, free, true);
    return result;
  };

  #deterministic(): Record<string, SystemCall> {
    const success = wasi.ERRNO_SUCCESS;
    return {
      args_sizes_get: (count: number, size: number) => this.#writeSizes('args', count, size),
      args_get: (pointers: number, bytes: number) => this.#writeStrings('args', pointers, bytes),
      environ_sizes_get: (count: number, size: number) => this.#writeSizes('env', count, size),
      environ_get: (pointers: number, bytes: number) => this.#writeStrings('env', pointers, bytes),
      clock_res_get: (clock: number, result: number) => {
        if (clock >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID) return wasi.ERRNO_INVAL;
        const step = BigInt(CLOCK_STEP_MS) * NANOSECONDS_PER_MS;
        this.#view().setBigUint64(result >>> 0, step, true);
        return success;
      },
      clock_time_get: (clock: number, _precision: bigint, result: number) => {
        if (clock >>> 0 > wasi.CLOCKID_THREAD_CPUTIME_ID) return wasi.ERRNO_INVAL;
        const now = BigInt(this.#world.clock.read()) * NANOSECONDS_PER_MS;
        this.#view().setBigUint64(result >>> 0, now, true);
        return success;
      },
      random_get: (start: number, length: number) => {
        const { buffer } = this.#world.memory;
        if ((start >>> 0) + (length >>> 0) > buffer.byteLength) return wasi.ERRNO_FAULT;
        this.#world.random().fill(new Uint8Array(buffer, start >>> 0, length >>> 0));
        return success;
      },
      poll_oneoff: (subscriptions: number, events: number, count: number, written: number) =>
        this.#poll(subscriptions >>> 0, events >>> 0, count >>> 0, written >>> 0),
      proc_exit: (code: number) => {
        throw new ProgramExit(code >>> 0);
      },
      sched_yield: () => success,
    };
  }

  #view(): DataView {
    return new DataView(this.#world.memory.buffer);
  }

  #writeSizes(list: 'args' | 'env', count: number, size: number): number {
    const view = this.#view();
    const strings = this.#world[list];
    const bytes = strings.reduce((sum, string) => sum + string.length + 1, 0);
    view.setUint32(count >>> 0, strings.length, true);
    view.setUint32(size >>> 0, bytes, true);
    return wasi.ERRNO_SUCCESS;
  }

  #writeStrings(list: 'args' | 'env', pointers: number, bytes: number): number {
    const view = this.#view();
    const memory = new Uint8Array(view.buffer);
    let pointer = pointers >>> 0;
    let at = bytes >>> 0;
    for (const string of this.#world[list]) {
      view.setUint32(pointer, at, true);
      memory.set(string, at);
      view.setUint8(at + string.length, 0);
      pointer += 4;
      at += string.length + 1;
    }
    return wasi.ERRNO_SUCCESS;
  }

  /** Files are always ready. Where only clocks are waited for, the earliest is reached at once. */
  #poll(subscriptions: number, events: number, count: number, written: number): number {
    if (count === 0 || count > MAX_SUBSCRIPTIONS) return wasi.ERRNO_INVAL;
    const view = this.#view();
    const { clock } = this.#world;
    const waits = Array.from({ length: count }, (_, n) =>
      readSubscription(view, subscriptions + n * SUBSCRIPTION_BYTES, clock.now),
    );
    const files = waits.filter(({ type }) => type !== wasi.EVENTTYPE_CLOCK);
    const earliest = waits.reduce((least, { until }) => Math.min(least, until), Infinity);
    if (files.length === 0) clock.advanceTo(earliest);
    const due = files.length > 0 ? files : waits.filter(({ until }) => until <= clock.now);
    due.forEach(({ userdata, type }, n) => {
      const event = events + n * EVENT_BYTES;
      new Uint8Array(view.buffer, event, EVENT_BYTES).fill(0);
      new wasi.Event(userdata, wasi.ERRNO_SUCCESS, type).write_bytes(view, event);
    });
    view.setUint32(written, due.length, true);
    return wasi.ERRNO_SUCCESS;
  }
}

interface Wait {
  userdata: bigint;
  type: number;
  /** Milliseconds since 1970; a file's is infinite. */
  until: number;
}

/** Not with the shim, which looks for the flags at the wrong place. */
function readSubscription(view: DataView, at: number, now: number): Wait {
  const userdata = view.getBigUint64(at, true);
  const type = view.getUint8(at + 8);
  if (type !== wasi.EVENTTYPE_CLOCK) return { userdata, type, until: Infinity };
  const milliseconds = Number(view.getBigUint64(at + 24, true) / NANOSECONDS_PER_MS);
  const absolute = (view.getUint16(at + 40, true) & ABSOLUTE_TIME) !== 0;
  return { userdata, type, until: absolute ? milliseconds : now + milliseconds };
}
