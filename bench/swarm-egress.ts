import { writeFileSync } from 'node:fs';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { readable } from './harness/table.ts';
import { type EgressPoint, plotEgress } from './swarm/egress-plot.ts';
import { isRouters } from './swarm/people.ts';
import { SimulatedSwarm, type SwarmResult } from './swarm/simulated-swarm.ts';

const MIB = 1024 * 1024;
/** Small enough for 100,000 nodes in one process; egress is counted in sizes of the blob. */
const BLOB_BYTES = 16 * MIB;
/** No bound, as in the configuration that it starts with. */
const SEED_BYTES_PER_SECOND = 0;
const CROWDS = [100, 1_000, 10_000, 30_000, 100_000];
const QUICK_CROWDS = [100, 1_000];

export const bench: Bench = {
  name: 'swarm-egress',
  summary: 'what the coordinator sends to a simulated crowd on home lines, against its size',
  flags: {
    plot: 'writes the figure to this file, as SVG',
    nodes: 'the largest crowd, instead of 100,000',
    seed: 'where chance begins, instead of 1',
    routers: 'measured (the default), or strict: fewer pairs of nodes can meet',
  },
  run,
};

async function run({ quick, flags }: BenchOptions): Promise<Report> {
  const routers = flags.routers ?? 'measured';
  if (!isRouters(routers)) throw new Error(`--routers ${routers} is neither measured nor strict`);
  const most = Number(flags.nodes ?? Number.POSITIVE_INFINITY);
  const crowds = (quick ? QUICK_CROWDS : CROWDS).filter((nodes) => nodes <= most);
  const results = crowds.map((nodes) =>
    new SimulatedSwarm({
      nodes,
      blobBytes: BLOB_BYTES,
      seedBytesPerSecond: SEED_BYTES_PER_SECOND,
      seed: Number(flags.seed ?? 1),
      routers,
    }).run(),
  );
  const points = results.map(pointOf);
  if (flags.plot) writeFileSync(flags.plot, plotEgress(points, BLOB_BYTES));
  return {
    figures: {
      blob_bytes: BLOB_BYTES,
      routers,
      rows: results.map((result) => ({
        nodes: result.nodes,
        egress_blobs: result.egress / BLOB_BYTES,
        egress_bytes_per_node: result.egress / result.nodes,
        http_only_blobs: result.httpOnlyEgress / BLOB_BYTES,
        without_peers_blobs: result.withoutPeers / BLOB_BYTES,
        median_seconds: quantile(result, 0.5),
        p95_seconds: quantile(result, 0.95),
        left_before: result.left,
        max_upload_ratio: result.mostUploaded / BLOB_BYTES,
        seeks_per_node: result.seeks / result.nodes,
      })),
    },
    table: [
      [
        'nodes',
        'coordinator sent, blobs',
        'a node, KiB',
        'to HTTP-only nodes, blobs',
        'without peers, blobs',
        'median s',
        '95% s',
      ],
      ...results.map((result) => [
        result.nodes.toLocaleString('en'),
        readable(result.egress / BLOB_BYTES),
        readable(result.egress / result.nodes / 1024),
        readable(result.httpOnlyEgress / BLOB_BYTES),
        readable(result.withoutPeers / BLOB_BYTES),
        readable(quantile(result, 0.5)),
        readable(quantile(result, 0.95)),
      ]),
    ],
    notes: [
      'Virtual time; the real exchange, upload queue and tracker. Lines, routers and visits as stated in bench/swarm/people.ts.',
      'HTTP-only nodes (chosen, or no UDP) cannot be spared by peers; they are counted apart.',
    ],
  };
}

function pointOf(result: SwarmResult): EgressPoint {
  return {
    nodes: result.nodes,
    withPeers: result.egress / result.blobBytes,
    withoutPeers: result.withoutPeers / result.blobBytes,
  };
}

/** Seconds from arrival to the whole blob, for this share of those who had it. */
function quantile({ times }: SwarmResult, share: number): number {
  return (times[Math.floor(times.length * share)] ?? 0) / 1000;
}
