import { setTimeout as sleep } from 'node:timers/promises';
import { startCoordinator } from '../e2e/coordinator.ts';
import { Client } from '../sdk/client/client.ts';
import { utf8 } from '../shared/bytes.ts';
import { ManyhandsError } from '../shared/errors.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { answer } from './harness/columns.ts';
import type { LoadStyle } from './harness/load-node.ts';
import { underLoad } from './harness/load-process.ts';
import { type Reading, readMetrics } from './harness/metrics.ts';
import { appendRate } from './harness/raw-append.ts';
import { median } from './harness/statistics.ts';
import { readable } from './harness/table.ts';

const NODES = 8;
const REPLICAS = 2;
/** A no-op of 20 microseconds, so that a full lease is a good sixth of a second. */
const COLUMNS: LoadStyle = { perSubmission: 4096, shardMicros: 20, wantMs: 250 };
/** The simpler method: every result is a message with a signature of its own. */
const ONE_BY_ONE: LoadStyle = { ...COLUMNS, perSubmission: 1 };
/** For leases to grow to their full size, in milliseconds. */
const WARM_UP_MS = 2_000;
/** Results of each run that are read back and compared. */
const CHECKED_RESULTS = 1_000;
/** Bytes that a decided shard comes to in the store: both replicas' columns and the verdict. */
const BYTES_PER_VERDICT = 2 * (32 + 1) + 12 + 12;

export const bench: Bench = {
  name: 'dispatch',
  summary: 'verdicts a second of the coordinator alone, under a load generator on the real wire',
  flags: { store: 'sqlite (the only one so far)' },
  run,
};

interface Measured {
  perSecond: number;
  perCommit: number;
  /** Microseconds of the coordinator's main thread for a verdict, by step. */
  steps: Record<string, number>;
}

async function run({ quick, flags }: BenchOptions): Promise<Report> {
  const store = flags.store ?? 'sqlite';
  if (store !== 'sqlite')
    throw new ManyhandsError('BENCH_FLAG', `There is no store "${store}". Leave it out.`, {
      store,
    });
  const pairs = quick ? 2 : 5;
  const seconds = quick ? 4 : 8;
  const ours: Measured[] = [];
  const simple: Measured[] = [];
  const raw: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const measured = await measure(COLUMNS, seconds);
    ours.push(measured);
    simple.push(await measure(ONE_BY_ONE, seconds / 2));
    const bytes = BYTES_PER_VERDICT * measured.perCommit;
    raw.push((await appendRate(bytes, seconds / 4)) * measured.perCommit);
  }
  const of = (sides: Measured[], value: (side: Measured) => number) => median(sides.map(value));
  const perSecond = of(ours, (side) => side.perSecond);
  const simplePerSecond = of(simple, (side) => side.perSecond);
  const ratio = (others: number[]) => median(ours.map((side, i) => side.perSecond / others[i]));
  const steps = (sides: Measured[]) =>
    Object.fromEntries(
      Object.keys(sides[0].steps).map((step) => [step, of(sides, (side) => side.steps[step])]),
    );
  const figures = {
    store,
    replicas: REPLICAS,
    verdicts_per_s: perSecond,
    us_per_shard: steps(ours),
    verdicts_per_commit: of(ours, (side) => side.perCommit),
    one_by_one_verdicts_per_s: simplePerSecond,
    ratio_to_one_by_one: ratio(simple.map((side) => side.perSecond)),
    raw_append_verdicts_per_s: median(raw),
    ratio_to_raw_append: ratio(raw),
  };
  const row = (title: string, rate: number, us?: Record<string, number>) => [
    title,
    readable(rate),
    ...['decode', 'verify', 'schedule', 'commit'].map((step) => (us ? us[step].toFixed(2) : '')),
  ];
  return {
    figures,
    table: [
      ['', 'verdicts/s', 'decode µs', 'verify µs', 'schedule µs', 'commit µs'],
      row('in columns', perSecond, steps(ours)),
      row('one submission a shard', simplePerSecond, steps(simple)),
      row('raw append to SQLite', median(raw)),
    ],
    notes: [
      `${pairs} rounds, sides in turn, medians; ${NODES} nodes, ${REPLICAS} replicas a shard, ` +
        'SQLite with full sync, load generator in another process on the same machine.',
    ],
  };
}

/** A coordinator of its own, so that no side finds the other's database. */
async function measure(style: LoadStyle, seconds: number): Promise<Measured> {
  const coordinator = await startCoordinator(['--log-level', 'error']);
  try {
    const client = new Client(coordinator);
    const job = await postEndlessJob(client);
    return await underLoad(coordinator.url, NODES, style, async () => {
      await sleep(WARM_UP_MS);
      const before = await readMetrics(coordinator.url);
      await sleep(seconds * 1000);
      const after = await readMetrics(coordinator.url);
      await checkResults(client, job);
      return between(before, after);
    });
  } finally {
    await coordinator.dispose();
  }
}

/** Posts a job that no run comes to the end of; resolves to its id. */
async function postEndlessJob(client: Client): Promise<string> {
  const { id: blob } = await client.upload(utf8('export default (i) => i * 3 + 1;'));
  const job = await client.post({
    name: 'dispatch',
    program: { kind: 'javascript', blob },
    inputs: { kind: 'range', from: 0, to: 999_999_999 },
    replication: { policy: 'quorum', replicas: REPLICAS, quorum: REPLICAS },
  });
  return job.id;
}

/** What was counted is there to be read, and is right. */
async function checkResults(client: Client, job: string): Promise<void> {
  let checked = 0;
  for await (const { shard, value, agreed } of client.results(job)) {
    if (JSON.stringify(value) !== answer(shard) || agreed < REPLICAS)
      throw new Error(`Shard ${shard} has a wrong result: ${JSON.stringify(value)}`);
    if (++checked === CHECKED_RESULTS) return;
  }
}

function between(before: Reading, after: Reading): Measured {
  const verdicts = after.verdicts - before.verdicts;
  return {
    perSecond: (1000 * verdicts) / (after.at - before.at),
    perCommit: verdicts / (after.commits - before.commits),
    steps: Object.fromEntries(
      Object.keys(after.steps).map((step) => [
        step,
        (1000 * (after.steps[step] - before.steps[step])) / verdicts,
      ]),
    ),
  };
}
