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
/**
 * How often each is done: alone on the held line once, because it takes as long as the line needs for
 * all copies (8 x 64 MiB at 20 Mbit/s: 215 s) and hardly differs. Times in milliseconds.
 */
const FULL = { nodes: 8, bytes: 64 * MIB, open: 1, shaped: 3, timeout: 8 * 60_000 };
const QUICK = { nodes: 3, bytes: 4 * MIB, open: 1, shaped: 1, timeout: 60_000 };
/** The coordinator's uplink where it is held. */
const SHAPED_BITS_PER_S = 20_000_000;

export const bench: Bench = {
  name: 'swarm',
  summary: 'real browsers fetch one blob at the same time, with and without peers',
  run,
};

async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const plan = quick ? QUICK : FULL;
  const { nodes, bytes, timeout } = plan;
  buildWebIfStale();
  const program = await checksumProgram();
  const browser = await chromium.launch(chromiumLaunch());
  const once = async (own: Partial<FetchPlan>): Promise<FetchFigures> => {
    // Other bytes each time, so that no cache helps.
    const blob = randomFillSync(new Uint8Array(bytes));
    const calm = { peers: true, namespace: null, closed: 0, spoilers: 0 };
    return fetchTogether({ browser, blob, program, nodes, timeout, ...calm, ...own });
  };
  const bothWays = async (times: number, own: Partial<FetchPlan>): Promise<BothWays> => {
    const swarm: FetchFigures[] = [];
    for (let time = 0; time < times; time++) swarm.push(await once(own));
    return { swarm, alone: await once({ ...own, peers: false }) };
  };
  const namespace = openNamespace(SHAPED_BITS_PER_S);
  try {
    const open = await bothWays(plan.open, {});
    const shaped = namespace && (await bothWays(plan.shaped, { namespace }));
    const churn = await once({ namespace, closed: Math.round(nodes / 3), spoilers: 1 });
    const transfer = await measureTransfer(browser, quick);
    return report({ nodes, bytes, open, shaped, churn, transfer, quiet });
  } finally {
    namespace?.close();
    await browser.close();
  }
}

interface BothWays {
  swarm: FetchFigures[];
  alone: FetchFigures;
}

interface Measured {
  nodes: number;
  bytes: number;
  open: BothWays;
  /** Null where nothing could be shaped. */
  shaped: BothWays | null;
  churn: FetchFigures;
  transfer: Awaited<ReturnType<typeof measureTransfer>>;
  quiet: ReturnType<typeof lookAround>;
}

function report({ nodes, bytes, open, shaped, churn, transfer, quiet }: Measured): Report {
  const calm = [...open.swarm, ...(shaped?.swarm ?? [])];
  const all = [...calm, open.alone, churn, ...(shaped ? [shaped.alone] : [])];
  const seconds = (figures: FetchFigures[]) => median(figures.map((figure) => figure.seconds));
  const sent = (figures: FetchFigures[]) =>
    median(figures.map(({ coordinatorBytes }) => coordinatorBytes)) / bytes;
  const uploaded = (figures: FetchFigures[]) =>
    Math.max(...figures.map(({ mostUploaded }) => mostUploaded)) / bytes;
  const speedup = ({ swarm, alone }: BothWays) => alone.seconds / seconds(swarm);
  const row = (name: string, figures: FetchFigures[]) => [
    name,
    `${readable(seconds(figures))} s`,
    `${readable(sent(figures))} blobs`,
    `${readable(uploaded(figures))} blobs`,
    String(figures.length),
  ];
  const rows = (name: string, { swarm, alone }: BothWays) => [
    row(`${name}, peers`, swarm),
    row(`${name}, HTTP alone`, [alone]),
  ];
  return {
    figures: {
      nodes,
      blob_bytes: bytes,
      coordinator_ratio: sent(calm),
      http_coordinator_ratio: sent([open.alone]),
      max_upload_ratio: uploaded(calm),
      speedup: speedup(open),
      open_seconds: seconds(open.swarm),
      open_http_seconds: open.alone.seconds,
      shaped_speedup: shaped && speedup(shaped),
      shaped_seconds: shaped && seconds(shaped.swarm),
      shaped_http_seconds: shaped?.alone.seconds ?? null,
      ...transfer,
      churn_seconds: churn.seconds,
      churn_coordinator_ratio: sent([churn]),
      churn_max_upload_ratio: uploaded([churn]),
      verified_results: all.reduce((sum, { results }) => sum + results, 0),
      corrupt_accepted: all.reduce((sum, { corrupt }) => sum + corrupt, 0),
      load_before: quiet.loadBefore,
    },
    table: [
      [
        `${nodes} browsers, ${readable(bytes / MIB)} MiB`,
        'all have it',
        'coordinator sent',
        'most uploaded',
        'runs',
      ],
      ...rows('fast network', open),
      ...(shaped ? rows('coordinator at 20 Mbit/s', shaped) : []),
      row('as well, a third closed halfway, one serves wrong bytes', [churn]),
      ['one transfer by a bare data channel', readable(transfer.transfer_ratio), '', '', ''],
    ],
    notes: [
      'Seconds from the post of the job until every browser that stayed has run its program on the whole blob; of several runs the median, but the most that any node uploaded.',
      'Fast network: all browsers and the coordinator share the processors of this machine, and peers cost more of them than HTTP does.',
      'Who serves wrong bytes is let go by the others and fetches the rest from the coordinator: the others are waited for, and what it was sent meanwhile is counted.',
      ...(shaped ? [] : ['This machine lets us make no network namespaces: nothing was shaped.']),
      ...quiet.notes,
    ],
  };
}
