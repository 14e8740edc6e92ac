import { type Browser, chromium } from '@playwright/test';
import { type Coordinator, startCoordinator } from '../../e2e/coordinator.ts';
import { chromiumLaunch } from '../../scripts/browsers.ts';
import { buildWebIfStale } from '../../scripts/build-web.ts';
import { Client } from '../../sdk/client/client.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';

/** A coordinator in its own process with a database on disk, and one real Chromium. */
export interface Network {
  readonly coordinator: Coordinator;
  readonly client: Client;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Starts both; no job is there, nobody contributes. */
export async function openNetwork(): Promise<Network> {
  buildWebIfStale();
  const coordinator = await startCoordinator(['--log-level', 'warn']);
  const client = new Client(coordinator);
  const browser = await chromium.launch(chromiumLaunch());
  return {
    coordinator,
    client,
    browser,
    async close() {
      await browser.close();
      await coordinator.dispose();
    },
  };
}

/** One answer is enough. */
export const ONE_REPLICA: JobSpecInput['replication'] = {
  policy: 'quorum',
  replicas: 1,
  quorum: 1,
};

/** Two equal answers from two nodes. */
export const TWO_REPLICAS: JobSpecInput['replication'] = {
  policy: 'quorum',
  replicas: 2,
  quorum: 2,
};

/** More shards than any run gets through. */
export const ENDLESS = 1_000_000_000;
