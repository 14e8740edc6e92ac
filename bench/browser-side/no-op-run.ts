import type { JobSpecInput } from '../../shared/job/spec.ts';
import { contribute } from './contributor.ts';
import { ENDLESS, type Network, ONE_REPLICA, TWO_REPLICAS } from './network.ts';
import { type RateWindow, verdictRate } from './verdict-rate.ts';

/** What is run on how many nodes; every node's answer is asked for. */
export interface NoOpRun {
  program: JobSpecInput['program'];
  nodes: 1 | 2;
  window: RateWindow;
  /** Kill the coordinator at the end, without warning, and look at what it has kept. */
  kill?: boolean;
}

/**
 * The rate of verdicts of a program that does nothing, once steady, through contribute pages in
 * profiles of one Chromium.
 *
 * @returns verdicts a second
 * @throws Error when a verdict that was counted is gone after a kill
 */
export async function runNoOps(network: Network, run: NoOpRun): Promise<number> {
  const { client, coordinator, browser } = network;
  const job = await client.post({
    name: `Nothing, by ${run.nodes}`,
    program: run.program,
    inputs: { kind: 'range', from: 1, to: ENDLESS },
    replication: run.nodes === 1 ? ONE_REPLICA : TWO_REPLICAS,
  });
  const contributors = [];
  for (let node = 0; node < run.nodes; node++) {
    contributors.push(await contribute(browser, coordinator.url, 1));
  }
  const { perSecond, done } = await verdictRate(client, job.id, run.window);
  if (run.kill) {
    await coordinator.kill();
    await coordinator.restart();
    const kept = (await client.job(job.id)).counts.done;
    if (kept < done) throw new Error(`${done} verdicts before a kill, ${kept} after it`);
  }
  for (const contributor of contributors) await contributor.close();
  await client.cancel(job.id);
  return perSecond;
}
