import { randomFillSync } from 'node:crypto';
import { chromium } from '@playwright/test';
import { chromiumLaunch } from '../scripts/browsers.ts';
import { buildWebIfStale } from '../scripts/build-web.ts';
import { lookAround } from './browser-side/quiet.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { median } from './harness/statistics.ts';
import { readable } from './harness/table.ts';
import { checksumProgram } from './swarm/checksum.ts';
import { type FetchFigures, type FetchPlan, fetchTogether } from './swarm/fetch-together.ts';
import { openNamespace } from './swarm/namespace.ts';
import { measureTransfer } from './swarm/transfer.ts';

const MIB = 1024 * 1024;
const FULL = { nodes: 8, bytes: 64 * MIB, pairs: 5, timeout: 10 * 60_000 };
const QUICK = { nodes: 4, bytes: 8 * MIB, pairs: 1, timeout: 60_000 };
/** The coordinator's uplink where it is held. */
const SHAPED_BITS_PER_S = 20_000_000;

export const bench: Bench = {
  name: 'swarm',
  summary: 'real browsers fetch one blob at the same time, with and without peers',
  run,
};

async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const { nodes, bytes, pairs, timeout } = quick ? QUICK : FULL;
  buildWebIfStale();
  const program = await checksumProgram();
  const browser = await chromium.launch(chromiumLaunch());
  const once = async (own: Partial<FetchPlan>): Promise<FetchFigures> => {
    // Other bytes each time, so that no cache helps.
    const blob = randomFillSync(new Uint8Array(bytes));
    const calm = { peers: true, namespace: null, closed: 0, spoilers: 0 };
    return fetchTogether({ browser, blob, program, nodes, timeout, ...calm, ...own });
  };
  try {
    const open: Pair[] = [];
    for (let pair = 0; pair < pairs; pair++) open.push(await inTurn(pair, once));
    const shaped: Pair[] = [];
    const namespace = openNamespace(SHAPED_BITS_PER_S);
    try {
      for (let pair = 0; namespace && pair < pairs; pair++)
        shaped.push(await inTurn(pair, (own) => once({ ...own, namespace })));
    } finally {
      namespace?.close();
    }
    const churn = await once({ closed: Math.round(nodes / 3), spoilers: 1 });
    const transfer = await measureTransfer(browser, quick);
    return report({ nodes, bytes, open, shaped, churn, transfer, quiet });
  } finally {
    await browser.close();
  }
}

interface Pair {
  swarm: FetchFigures;
  alone: FetchFigures;
}

/** Both ways, each first in every other pair. */
async function inTurn(
  pair: number,
  once: (own: Partial<FetchPlan>) => Promise<FetchFigures>,
): Promise<Pair> {
  if (pair % 2 === 0) {
    const swarm = await once({ peers: true });
    return { swarm, alone: await once({ peers: false }) };
  }
  const alone = await once({ peers: false });
  return { swarm: await once({ peers: true }), alone };
}

interface Measured {
  nodes: number;
  bytes: number;
  open: Pair[];
  shaped: Pair[];
  churn: FetchFigures;
  transfer: Awaited<ReturnType<typeof measureTransfer>>;
  quiet: ReturnType<typeof lookAround>;
}

function report({ nodes, bytes, open, shaped, churn, transfer, quiet }: Measured): Report {
  const all = [...open, ...shaped].flatMap(({ swarm, alone }) => [swarm, alone]).concat(churn);
  const ratio = (of: (pair: Pair) => number) => median(open.map(of)) / bytes;
  const speedup = (pairs: Pair[]) =>
    pairs.length === 0
      ? null
      : median(pairs.map((pair) => pair.alone.seconds / pair.swarm.seconds));
  const row = (name: string, figures: FetchFigures[]) => [
    name,
    `${readable(median(figures.map(({ seconds }) => seconds)))} s`,
    `${readable(median(figures.map(({ coordinatorBytes }) => coordinatorBytes)) / bytes)} blobs`,
    `${readable(Math.max(...figures.map(({ mostUploaded }) => mostUploaded)) / bytes)} blobs`,
  ];
  const rows = (name: string, pairs: Pair[]) =>
    pairs.length === 0
      ? []
      : [
          row(
            `${name}, peers`,
            pairs.map(({ swarm }) => swarm),
          ),
          row(
            `${name}, HTTP alone`,
            pairs.map(({ alone }) => alone),
          ),
        ];
  return {
    figures: {
      nodes,
      blob_bytes: bytes,
      coordinator_ratio: ratio(({ swarm }) => swarm.coordinatorBytes),
      http_coordinator_ratio: ratio(({ alone }) => alone.coordinatorBytes),
      max_upload_ratio: Math.max(...open.map(({ swarm }) => swarm.mostUploaded)) / bytes,
      speedup: speedup(open),
      shaped_speedup: speedup(shaped),
      shaped_seconds: shaped.length === 0 ? null : median(shaped.map((pair) => pair.swarm.seconds)),
      ...transfer,
      churn_seconds: churn.seconds,
      churn_coordinator_ratio: churn.coordinatorBytes / bytes,
      corrupt_accepted: all.reduce((sum, { corrupt }) => sum + corrupt, 0),
      load_before: quiet.loadBefore,
    },
    table: [
      [
        `${nodes} browsers, ${readable(bytes / MIB)} MiB`,
        'all have it',
        'coordinator sent',
        'most uploaded',
      ],
      ...rows('fast network', open),
      ...rows('coordinator at 20 Mbit/s', shaped),
      row('a third closed halfway, one serves wrong bytes', [churn]),
      ['one transfer by a bare data channel', readable(transfer.transfer_ratio), '', ''],
    ],
    notes: [
      'Seconds from the post of the job until every browser that stayed has run its program on the whole blob.',
      ...(shaped.length === 0
        ? ['This machine lets us make no network namespaces: nothing was shaped.']
        : []),
      ...quiet.notes,
    ],
  };
}
