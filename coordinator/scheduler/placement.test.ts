import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeaseClaim } from './events.ts';
import { HOME_WAIT_MS } from './placement.ts';
import { Bench, leasesOf } from './testing/bench.ts';

const SINGLE = { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 6 } as const;
const shardsOf = (leases: LeaseClaim[]) =>
  leases.flatMap(({ first, count }) => Array.from({ length: count }, (_, k) => first + k));

function bench(homes: string[][], nodes: number[]): Bench {
  const made = new Bench();
  for (const node of nodes) made.join(node);
  made.addJob({ shards: homes.length, replication: SINGLE, placement: { homes } });
  return made;
}

/** The shards that the node is given while it asks, in order; each is done at once. */
function drain(made: Bench, node: number): number[] {
  const shards: number[] = [];
  const leases = made.want(node);
  for (let lease = leases.shift(); lease; lease = leases.shift()) {
    shards.push(...shardsOf([lease]));
    leases.push(...leasesOf(made.submit(node, lease), node));
    if (leases.length === 0) leases.push(...made.want(node));
  }
  made.want(node, 0, 0);
  return shards;
}

describe('placement', () => {
  it('STG-16 a node is given the shards whose data it holds before any other', () => {
    const made = bench([['key 2'], [], ['key 1'], ['key 2'], ['key 1']], [1, 2]);
    expect(drain(made, 1).slice(0, 3)).toEqual([2, 4, 1]);
    expect(drain(made, 2)).toEqual([0, 3]);
  });

  it('STG-17 a shard waits for its home for a moment, and for no longer', () => {
    const made = bench([['key 2']], [1, 2]);
    expect(made.want(1)).toEqual([]);
    made.now += HOME_WAIT_MS - 1;
    expect(made.want(1)).toEqual([]);
    made.now += 1;
    expect(shardsOf(made.want(1))).toEqual([0]);
  });

  it('STG-17 nobody waits for a home that is not there', () => {
    const made = bench([['key 2']], [1]);
    expect(shardsOf(made.want(1))).toEqual([0]);
  });

  it('STG-17 once its homes have their replicas, the others are for anybody', () => {
    const made = new Bench();
    for (const node of [1, 2]) made.join(node);
    const homes = [['key 1']];
    made.addJob({ shards: 1, placement: { homes } });
    expect(shardsOf(made.want(1))).toEqual([0]);
    expect(shardsOf(made.want(2))).toEqual([0]);
  });

  it('STG-18 whatever the placement, every shard is done, and after the wait by any node alone', () => {
    const key = fc.integer({ min: 1, max: 5 }).map((node) => `key ${node}`);
    const homes = fc.array(fc.uniqueArray(key, { maxLength: 3 }), { minLength: 1, maxLength: 20 });
    const nodes = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(homes, nodes, (placed, there) => {
        const made = bench(placed, there);
        const early = there.flatMap((node) => {
          const shards = drain(made, node);
          for (const shard of shards) {
            const present = placed[shard].filter((home) => there.some((n) => home === `key ${n}`));
            // In the beginning a shard with a home that is there goes to such a home.
            if (present.length > 0) expect(present).toContain(`key ${node}`);
          }
          return shards;
        });
        expect(early.toSorted((a, b) => a - b)).toEqual(placed.map((_, shard) => shard));

        const alone = bench(placed, there);
        const before = drain(alone, there[0]);
        alone.tick(HOME_WAIT_MS);
        const all = [...before, ...drain(alone, there[0])];
        expect(all.toSorted((a, b) => a - b)).toEqual(placed.map((_, shard) => shard));
      }),
    );
  });
});
