import { Clock } from './clock.ts';
import { deterministicDate } from './deterministic-date.ts';
import { makeMathDeterministic } from './deterministic-math.ts';
import { freezeIntrinsics } from './freeze-intrinsics.ts';
import type { Random } from './random.ts';
import { removeGlobals } from './remove-globals.ts';
import { replace } from './replace.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** What a JavaScript program's globals act on. */
export interface Realm {
  /** A shard begins: sets its clock, its random numbers, and where its log lines go. */
  begin(clock: Clock, random: Random, write: (line: string) => void): void;
  /** What programs call to log: each call is one line. */
  log(...values: unknown[]): void;
  /** Waits for a promise of the program, while its timers fire. Rejects where it never settles. */
  settle(promise: PromiseLike<unknown>): Promise<unknown>;
}

/** Microtasks that a plain async function needs are fewer; a timer or a task is waited for longer. */
const QUICK_TURNS = 8;

/**
 * Makes this worker's globals those of a program whose results are compared: nothing that tells one
 * machine, moment or locale from another, nothing that leads out, and built-ins that a shard cannot
 * change for the next one. Cannot be undone.
 */
export function hardenRealm(): Realm {
  let clock = new Clock();
  let random: Random;
  let write: (line: string) => void = () => {};
  const timers = new VirtualTimers(clock);
  const { port1, port2 } = new MessageChannel();

  const log = (...values: unknown[]) => write(values.map(lineOf).join(' '));
  const readClock = () => clock.read();
  const started = clock.now;

  makeMathDeterministic();
  removeGlobals();
  replace(Math, { random: () => random.nextDouble() });
  replace(globalThis, {
    Date: deterministicDate(readClock),
    performance: { now: () => readClock() - started, timeOrigin: started },
    crypto: {
      getRandomValues: (array: ArrayBufferView) => {
        random.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
        return array;
      },
      randomUUID: () => uuid(random),
    },
    console: { log, info: log, warn: log, error: log, debug: log, trace: log },
    setTimeout: timers.set,
    setInterval: timers.setRepeating,
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
  });
  freezeIntrinsics();

  /** Resolves when all microtasks have run. */
  const task = () =>
    new Promise<void>((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });

  return {
    begin(shardClock, shardRandom, shardWrite) {
      clock = shardClock;
      random = shardRandom;
      write = shardWrite;
      timers.reset(shardClock);
    },
    log,
    async settle(promise) {
      let settled = false;
      const noted = Promise.resolve(promise).finally(() => {
        settled = true;
      });
      noted.catch(() => {});
      for (let turn = 0; turn < QUICK_TURNS && !settled; turn++) await null;
      while (!settled) {
        await task();
        if (settled) break;
        const call = timers.next();
        // Nothing is left that could settle it: programs have no other source of events.
        if (!call) throw new Error('the promise that it returned is never settled');
        try {
          call();
        } catch (thrown) {
          log('Uncaught', thrown);
        }
      }
      return noted;
    },
  };
}

function lineOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/** A version 4 UUID, as far as its form goes. */
function uuid(random: Random): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
