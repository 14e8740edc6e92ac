import type { JobSpecInput } from '../../shared/job/spec.ts';
import { median } from '../harness/statistics.ts';
import type { BarePage } from './bare-page.ts';
import { type Network, ONE_REPLICA } from './network.ts';
import { type Arrivals, followResults } from './results.ts';

/** Shards of the program that works for as long as it is told. */
export interface SpinShards {
  /** Rounds of each. */
  rounds: number;
  /** Seed of the first; each has the next one. */
  first: number;
  count: number;
}

/** A job of such shards run by whoever contributes, and its results as they arrived. */
export async function runSpinJob(
  { client, coordinator }: Network,
  program: JobSpecInput['program'],
  { rounds, first, count }: SpinShards,
): Promise<Arrivals> {
  const job = await client.post({
    name: `${count} shards of ${rounds} rounds`,
    program,
    inputs: { kind: 'range', from: first, to: first + count - 1 },
    args: [String(rounds), '{i}'],
    replication: ONE_REPLICA,
  });
  return followResults(coordinator, job.id);
}

/** Shards by which a time is measured, after as many that only warm the worker up. */
const SHARDS = 20;

/** Rounds that take the bare worker this long on this machine now. */
export async function roundsFor(bare: BarePage, milliseconds: number): Promise<number> {
  let rounds = 1000;
  // The second step is exact, because its shards are long against the cost of starting one.
  for (const target of [1, 10]) {
    const perShard = await shardMilliseconds(bare, rounds);
    rounds = Math.max(1, Math.round((rounds * target) / perShard));
  }
  return Math.round((rounds * milliseconds) / (await shardMilliseconds(bare, rounds)));
}

async function shardMilliseconds(bare: BarePage, rounds: number): Promise<number> {
  const { doneAt } = await bare.run({ kind: 'spin', rounds, first: 0, count: 2 * SHARDS });
  const later = doneAt.slice(SHARDS);
  return median(later.slice(1).map((at, index) => at - later[index]));
}
