/** What a bare worker can be asked to do: no network of ours, no sandbox, no leases. */
export type BareTask =
  | {
      kind: 'spin';
      /** Rounds of each shard; its seed is its number. */
      rounds: number;
      first: number;
      count: number;
    }
  /** Fresh instances of the no-op program, one after the other. */
  | { kind: 'no-op-program'; milliseconds: number }
  /** Calls of the no-op function with the output encoded and hashed. */
  | { kind: 'no-op-function'; milliseconds: number }
  /** The same function, its input fetched and its result posted by HTTP, shard by shard. */
  | { kind: 'fetch-per-shard'; milliseconds: number };

/** When each shard was done, on the worker's own clock in milliseconds, and what it printed. */
interface SpinTimes {
  doneAt: number[];
  stdout: string[];
}

export interface BareResult extends SpinTimes {
  /** Shards a second over the whole task. */
  rate: number;
}
