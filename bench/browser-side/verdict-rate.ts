import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../sdk/client/client.ts';

/** Milliseconds between looks at a job: many a window, yet next to no load. */
const LOOK_MS = 100;
/** Milliseconds in which a first verdict must come. */
const PATIENCE_MS = 30_000;

export interface RateWindow {
  /** Milliseconds after the first verdict that do not count: leases are small at first. */
  warmUp: number;
  /** Milliseconds that count. */
  length: number;
}

export interface VerdictRate {
  /** Verdicts a second. */
  perSecond: number;
  /** Verdicts reached when the window closed. */
  done: number;
}

/**
 * The rate at which a running job's verdicts become durable, once it is steady.
 *
 * @throws Error when no verdict comes, or a shard fails
 */
export async function verdictRate(
  client: Client,
  job: string,
  { warmUp, length }: RateWindow,
): Promise<VerdictRate> {
  const began = performance.now();
  let firstAt: number | undefined;
  let opened: { at: number; done: number } | undefined;
  for (;;) {
    const { counts, stalled } = await client.job(job);
    const now = { at: performance.now(), done: counts.done };
    if (counts.failed > 0) throw new Error(`${counts.failed} shards failed`);
    if (now.done > 0) firstAt ??= now.at;
    if (firstAt === undefined && now.at - began > PATIENCE_MS) {
      throw new Error(`No verdict within ${PATIENCE_MS} ms: ${stalled ?? 'no reason given'}`);
    }
    if (firstAt !== undefined && now.at - firstAt >= warmUp) opened ??= now;
    if (opened && now.at - opened.at >= length) {
      const perSecond = (1000 * (now.done - opened.done)) / (now.at - opened.at);
      return { perSecond, done: now.done };
    }
    await sleep(LOOK_MS);
  }
}
