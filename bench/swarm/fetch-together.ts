import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '@playwright/test';
import { startCoordinator } from '../../e2e/coordinator.ts';
import { Client } from '../../sdk/client/client.ts';
import { type Contributor, contribute } from '../browser-side/contributor.ts';
import { checksum } from './checksum.ts';
import { forward } from './forwarder.ts';
import type { Namespace } from './namespace.ts';
import { sentToPeers, watchSending } from './sent-to-peers.ts';

export interface FetchPlan {
  browser: Browser;
  /** Every browser fetches all of it, at the same time. */
  blob: Uint8Array<ArrayBuffer>;
  program: Uint8Array<ArrayBuffer>;
  nodes: number;
  /** Whether they may fetch it from each other. */
  peers: boolean;
  /** Where the coordinator lives; null for this machine's own network, which is as fast as it gets. */
  namespace: Namespace | null;
  /** So many are closed when half of all bytes have moved. */
  closed: number;
  /** So many serve wrong bytes. */
  spoilers: number;
  /** Milliseconds after which it counts as failed. */
  timeout: number;
}

export interface FetchFigures {
  /** From the job's post until all that stayed and served no wrong bytes have run the program on the whole blob. */
  seconds: number;
  /** Bytes of blobs that the coordinator sent, and the most that one node sent to peers. */
  coordinatorBytes: number;
  mostUploaded: number;
  /** Runs of the program on the whole blob that came out as on the true bytes, and those that did not. */
  results: number;
  corrupt: number;
}

const POLL_MS = 200;

/** One blob, one job with a shard that every node has to run, and as many browsers. */
export async function fetchTogether(plan: FetchPlan): Promise<FetchFigures> {
  const { namespace, peers, nodes } = plan;
  const args = ['--log-level', 'error', ...(peers ? [] : ['--swarm', 'off'])];
  if (namespace) args.push('--host', namespace.address);
  const coordinator = await startCoordinator(args, namespace?.command);
  const { hostname, port } = new URL(coordinator.url);
  const forwarder = namespace ? await forward(hostname, Number(port)) : null;
  const crowd: Contributor[] = [];
  try {
    const client = new Client(coordinator);
    const url = forwarder?.url ?? coordinator.url;
    const [program, data] = [await client.upload(plan.program), await client.upload(plan.blob)];
    const opening = Array.from({ length: nodes }, (_, node) =>
      contribute(plan.browser, url, 1, (context) => watchSending(context, node < plan.spoilers)),
    );
    crowd.push(...(await Promise.all(opening)));
    const before = (await client.status()).data.coordinatorBytes;
    const began = performance.now();
    // Who serves wrong bytes is let go by the others and served by the coordinator, slowly: not waited for.
    const stay = nodes - plan.closed - plan.spoilers;
    const job = await client.post({
      name: 'swarm',
      program: { kind: 'wasi', blob: program.id },
      inputs: { kind: 'range', from: 1, to: 1 },
      files: [{ path: '/data', blob: data.id }],
      limits: { memoryMiB: 512 },
      replication: { policy: 'quorum', replicas: nodes, quorum: stay, maxAttempts: 2 * nodes },
      networks: 'relax',
    });
    const deadline = AbortSignal.timeout(plan.timeout);
    const leaving = closeHalfway(plan, crowd, deadline);
    await until(deadline, async () => (await client.job(job.id)).state === 'done');
    const seconds = (performance.now() - began) / 1000;
    await leaving;
    const truth = checksum(plan.blob);
    let corrupt = 0;
    for await (const row of client.results(job.id))
      if (
        row.status !== 'ok' ||
        !row.stdout ||
        !('text' in row.stdout) ||
        row.stdout.text !== truth
      )
        corrupt++;
    const { replicas } = await client.shard(job.id, 0);
    const results = replicas.filter(({ agreed }) => agreed === true).length;
    corrupt += replicas.filter(({ agreed }) => agreed === false).length;
    if (results < stay) throw new Error(`Only ${results} of ${stay} nodes have proven to have it.`);
    return {
      seconds,
      results,
      coordinatorBytes: (await client.status()).data.coordinatorBytes - before,
      mostUploaded: Math.max(...(await sent(crowd))),
      corrupt,
    };
  } finally {
    await Promise.all(crowd.map((contributor) => contributor.close()));
    await forwarder?.close();
    await coordinator.dispose();
  }
}

/** Closes the last browsers when half of what all of them need has moved between them. */
async function closeHalfway(
  { closed, nodes, blob }: FetchPlan,
  crowd: Contributor[],
  deadline: AbortSignal,
): Promise<void> {
  if (closed === 0) return;
  const half = ((nodes - 1) * blob.length) / 2;
  await until(
    deadline,
    async () => (await sent(crowd)).reduce((sum, bytes) => sum + bytes, 0) >= half,
  );
  for (const contributor of crowd.splice(nodes - closed)) await contributor.close();
}

function sent(crowd: readonly Contributor[]): Promise<number[]> {
  return Promise.all(crowd.map(({ page }) => sentToPeers(page)));
}

/** @throws Error where it is not so before the deadline */
async function until(deadline: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    if (deadline.aborted) throw new Error('The nodes did not get the blob in time.');
    await sleep(POLL_MS);
  }
}
