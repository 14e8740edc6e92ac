import type { SchedulerEffect } from '../events.ts';

/** Who went on from whose run, told in the plainest way: by what was handed over and what was given. */
export class LineageLedger {
  /** For each shard the run that each node has part in. */
  readonly #runs = new Map<number, Map<string, number>>();
  #next = 1;

  /** What a node hands over: bytes that name the run. */
  handOver(shard: number, key: string): Uint8Array<ArrayBuffer> {
    const run = this.#of(shard).get(key) ?? this.#next++;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, run);
    this.#of(shard).set(key, run);
    return bytes;
  }

  /** Notes what went to whom, and whose run came to nothing. */
  take(effect: SchedulerEffect, keyOf: (node: number) => string | undefined): void {
    if (effect.type === 'lease')
      for (const { shard, checkpoint } of effect.checkpoints ?? [])
        this.#of(shard).set(
          effect.claim.nodeKey,
          new DataView(checkpoint.buffer, checkpoint.byteOffset).getUint32(0),
        );
    if (effect.type === 'refuse' && effect.code === 'RESUMED_RUN_FAILED')
      this.#of(effect.first).delete(keyOf(effect.node) ?? '');
  }

  /** Whether two nodes had one run of the shard. */
  isOne(shard: number, one: string, other: string): boolean {
    const runs = this.#of(shard);
    return one !== other && runs.has(one) && runs.get(one) === runs.get(other);
  }

  /** The scheduler's memory is gone. */
  clear(): void {
    this.#runs.clear();
  }

  #of(shard: number): Map<string, number> {
    const runs = this.#runs.get(shard) ?? new Map<string, number>();
    this.#runs.set(shard, runs);
    return runs;
  }
}
