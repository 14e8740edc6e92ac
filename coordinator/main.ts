import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { toErrorBody } from '../shared/errors.ts';
import { createApp } from './api/app.ts';
import { readSandboxPage } from './api/sandbox-page.ts';
import type { Services } from './api/services.ts';
import { StaticFiles } from './api/static-files.ts';
import { BlobStore } from './blobs/blob-store.ts';
import { jobBlobs } from './blobs/job-blobs.ts';
import { Manifests } from './blobs/manifests.ts';
import { Uplink } from './blobs/uplink.ts';
import { Dispatcher } from './gateway/dispatcher.ts';
import { Gateway } from './gateway/gateway.ts';
import { outputHash } from './gateway/output-hash.ts';
import { Clients } from './ops/clients.ts';
import { parseCommandLine } from './ops/command-line.ts';
import type { Config } from './ops/config.ts';
import {
  DEFAULT_SAMPLE_JOB,
  ensureAdministrator,
  ensureProjects,
  type IssuedToken,
  issueToken,
  postSample,
} from './ops/first-run.ts';
import { mountHealthPages } from './ops/health-pages.ts';
import { closeServer, createHttpServer, listen } from './ops/http-server.ts';
import { toIceServers } from './ops/ice-servers.ts';
import { createLog } from './ops/log.ts';
import { Metrics } from './ops/metrics.ts';
import { networkSet } from './ops/networks.ts';
import { RateLimit } from './ops/rate-limit.ts';
import { helpText } from './ops/settings.ts';
import { stopOnSignals } from './ops/signals.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { StageStarter } from './stages/starter.ts';
import { openSqliteStore } from './store/sqlite/store.ts';
import { isPass } from './swarm/desk/passes.ts';
import { openSwarm } from './swarm/open-swarm.ts';
import { Outputs } from './swarm/outputs/outputs.ts';

/** For acknowledgements to reach the nodes before they are told goodbye. */
const LAST_WRITES_MS = 2_000;
/** For downloads and uploads to end by themselves. */
const CONNECTIONS_GRACE_MS = 3_000;
/** Exit code where the command line or configuration cannot be used. */
const USAGE = 2;

/** Built things that are looked for beside the code, wherever the process was started. */
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const NO_SAMPLE = '-';

export interface StartOptions {
  log: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A coordinator that listens. */
export interface RunningCoordinator {
  url: string;
  /** The administrator's token, where it was made in this run. */
  token: string | null;
  stop(): Promise<void>;
}

/**
 * Puts all parts together and listens.
 * @throws ManyhandsError where the store, the data folder or the address cannot be used
 */
export async function startCoordinator(
  config: Config,
  { log, now = Date.now }: StartOptions,
): Promise<RunningCoordinator> {
  const store = openStore(config);
  const blobs = await BlobStore.open({ ...config, folder: join(config.data, 'blobs') });
  const manifests = new Manifests(blobs);
  let isStarted = false;
  const scheduler = new Scheduler({ hash: outputHash, firstLease: BigInt(now()) * 1000n });
  const dispatcher = new Dispatcher({
    store,
    scheduler,
    now,
    owner: randomUUID(),
    blobsOf: async (row) => {
      if (config.swarm === 'off') return [];
      // At the start nothing waits for hashing: what was not hashed when it was posted comes by HTTP.
      return jobBlobs(row, blobs, manifests, isStarted).catch((error) => {
        log.error(
          { err: error, job: row.id },
          'its blobs could not be hashed; all of them come from here',
        );
        return [];
      });
    },
    onHealth: (health) => {
      if (health.state === 'failing') log.error(health, 'results cannot be written');
      else log.info(health, 'dispatcher');
    },
  });
  const trustedProxies = networkSet(config.trustedProxies);
  const testNetworks = networkSet(config.testNetworks);
  const metricsNetworks = networkSet(config.metricsNetworks);
  const swarm = openSwarm({
    secret: store.secret,
    enabled: config.swarm === 'on',
    iceServers: toIceServers(config.iceServers),
    seedBytesPerSecond: config.seedBytesPerSecond,
    now,
    blobBytes: (id) => blobs.size(id),
    mayTakePart: (_node, job, pass) => !!pass && isPass(store.secret, job, pass, now()),
    onError: (error) => log.error({ err: error }, 'a frame about data could not be answered'),
  });
  const gateway = new Gateway({
    dispatcher,
    desk: swarm.desk,
    otherUpgrades: swarm.upgrades,
    secret: store.secret,
    now,
    trustedProxies,
    testNetworks,
    maxNodesPerAddress: config.maxNodesPerAddress,
    onError: (error) => log.error({ err: error }, 'a frame could not be handled'),
  });
  const outputs = new Outputs({
    store,
    blobs,
    dispatcher,
    now,
    onError: (error) => log.error({ err: error }, 'an output on nodes could not be looked after'),
  });
  const stages = new StageStarter({
    store,
    blobs,
    dispatcher,
    holders: swarm.desk,
    outputs,
    now,
    onError: (error) => log.error({ err: error }, 'a stage could not be begun; it is tried again'),
  });
  swarm.desk.tellOf(outputs);
  const data = swarm.meter;
  const version = readVersion();
  const uplink = new Uplink({
    bytesPerSecond: config.seedBytesPerSecond,
    now: () => performance.now(),
    onSent: (bytes) => {
      data.coordinatorBytes += bytes;
    },
  });
  const services: Services = {
    store,
    blobs,
    manifests,
    uplink,
    dispatcher,
    stages,
    outputs,
    data,
    log,
    now,
    version,
  };
  const metrics = new Metrics(dispatcher, {
    meter: data,
    reservations: () => swarm.relay.reservations(),
  });
  const stopping = new AbortController();
  const clients = new Clients(trustedProxies, (remote) =>
    log.warn({ remote }, 'X-Forwarded-For from an address that is not among trusted-proxies'),
  );
  const web = config.web ?? join(DIST, 'web');
  const pages = { files: await StaticFiles.read(web), sandbox: await readSandboxPage(web) };
  if (pages.files.isEmpty) log.warn({ web }, 'the pages are not built');
  const app = createApp({
    services,
    pages,
    rateLimit: new RateLimit(config.requestsPerSecond),
    addressOf: (context) => clients.addressOf(incomingOf(context)),
    corsOrigins: config.corsOrigins,
    tls: config.tlsCert !== undefined,
    stopping: stopping.signal,
    onAnswer(method, route, status, seconds) {
      metrics.observeRequest(method, route, status, seconds);
      log.debug({ method, route, status, seconds }, 'request');
    },
    mountMore: (target) =>
      mountHealthPages(target, {
        dispatcher,
        metrics,
        mayReadMetrics: (context) => clients.isWithin(incomingOf(context), metricsNetworks),
      }),
  });

  const server = createHttpServer(app, config, { trustedProxies, testNetworks });
  const stop = async () => {
    stopping.abort();
    outputs.stop();
    const written = dispatcher.stop();
    await Promise.race([written, sleep(LAST_WRITES_MS, undefined, { ref: false })]);
    gateway.close();
    await Promise.all([
      written,
      swarm.relay.stop(),
      stages.stop(),
      closeServer(server, CONNECTIONS_GRACE_MS),
    ]);
    await store.close();
    log.info('stopped');
  };

  try {
    await dispatcher.start();
    isStarted = true;
    await stages.start();
    await outputs.start();
    gateway.attach(server);
    const url = await listen(server, config);
    log.info({ url, data: config.data }, 'listening');
    await ensureProjects(store);
    // Only now: a token that is made must also come to be printed.
    const issued = await ensureAdministrator(store, config.adminToken);
    if (issued) await trySample(config, issued, services);
    return { url, token: issued?.token ?? null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a coordinator as the command line says, until it is told to stop. */
export async function main(argv: readonly string[]): Promise<void> {
  let json = argv.includes('--json');
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const command = parseCommandLine(argv);
    json = command.json;
    if (command.help) process.stdout.write(helpText());
    else if (command.newToken !== null) await printNewToken(command.config, command.newToken, json);
    else {
      const log = createLog(command.config.logLevel);
      const running = await startCoordinator(command.config, { log });
      stopOnSignals(() => running.stop(), say);
      announce(running, json);
    }
  } catch (error) {
    const body = toErrorBody(error);
    if (json) process.stdout.write(`${JSON.stringify({ event: 'error', error: body })}\n`);
    else say(body.code === 'INTERNAL' ? String(error) : `${body.message} (${body.code})`);
    process.exitCode = body.code.startsWith('CONFIG_') ? USAGE : 1;
  }
}

/** The data folder holds tokens' hashes and the tickets' secret: it is for its owner only. */
function openStore({ data }: Pick<Config, 'data'>) {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  return openSqliteStore(join(data, 'manyhands.sqlite'));
}

/** A coordinator without its sample is a coordinator all the same. */
async function trySample(
  { sample }: Config,
  { requester }: IssuedToken,
  services: Services,
): Promise<void> {
  const folder = sample ?? join(DIST, 'apps/collatz');
  const isMissing = sample === undefined && !existsSync(join(folder, 'app.json'));
  if (sample === NO_SAMPLE || isMissing) return;
  try {
    const changes = sample === undefined ? DEFAULT_SAMPLE_JOB : {};
    await postSample(folder, requester, services, changes);
  } catch (error) {
    services.log.warn({ err: error, folder }, 'the sample job could not be posted');
  }
}

async function printNewToken(config: Config, name: string, json: boolean): Promise<void> {
  const store = openStore(config);
  try {
    // The very first requester has nobody above it.
    const admin = (await store.countRequesters()) === 0;
    const { token } = await issueToken(store, name, { admin });
    process.stdout.write(
      json ? `${JSON.stringify({ event: 'token', name, token })}\n` : `${token}\n`,
    );
  } finally {
    await store.close();
  }
}

function announce({ url, token }: RunningCoordinator, json: boolean): void {
  if (json) {
    const line = { event: 'listening', url, ...(token !== null && { token }) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(`\nManyhands is ready: ${url}\n\n`);
  process.stdout.write(`  contribute     ${url}/\n  request        ${url}/request\n`);
  if (token !== null)
    process.stdout.write(
      `  your API token ${token}\n                 (shown this once; keep it)\n`,
    );
  process.stdout.write('\nCtrl-C stops it.\n');
}

function incomingOf(context: Context) {
  return (context.env as HttpBindings).incoming;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return (manifest as { version: string }).version;
}

if (import.meta.main) await main(process.argv.slice(2));
