import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Config } from './config.ts';
import { limitConnections } from './connections.ts';
import type { NetworkSet } from './networks.ts';

/** For the head of a request: a client that needs longer only means to hold the connection. */
const HEADERS_TIMEOUT_MS = 20_000;
/** For a whole request: the largest blob over a link of 2 Mbit/s. */
const REQUEST_TIMEOUT_MS = 2 * 3600_000;
/** Longer than the usual proxies keep a connection, so that they close first. */
const KEEP_ALIVE_MS = 75_000;

/** Nobody notices so short a wait when a coordinator stops. */
const IDLE_SWEEP_MS = 20;

/** The HTTP server around an app: TLS where configured, with bounds on time and connections. */
export function createHttpServer(
  app: Hono,
  config: Config,
  networks: { trustedProxies: NetworkSet; testNetworks: NetworkSet },
): Server {
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const { tlsCert, tlsKey } = config;
  const server =
    tlsCert === undefined || tlsKey === undefined
      ? createAdaptorServer({ fetch: app.fetch, serverOptions: timeouts })
      : createAdaptorServer({
          fetch: app.fetch,
          createServer: createTlsServer,
          serverOptions: { ...timeouts, cert: readPem(tlsCert), key: readPem(tlsKey) },
        });
  limitConnections(server as Server, config.maxConnectionsPerAddress, Object.values(networks));
  return server as Server;
}

/**
 * Listens, and returns the address to open.
 * @throws ManyhandsError `LISTEN_FAILED`
 */
export async function listen(server: Server, { host, port, tlsCert }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailed(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCert === undefined ? 'http' : 'https'}://${name}:${address.port}`;
}

/** Takes no more connections, and gives those in use `graceMs` to end by themselves. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Again and again, because a kept-alive connection whose answer ends now is idle only then.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(timer);
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ManyhandsError(
      'CONFIG_FILE_UNREADABLE',
      `The TLS file ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      { path },
    );
  }
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number): ManyhandsError {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'something else listens there already. Choose another with --port.'
      : `${error.message}.`;
  return new ManyhandsError('LISTEN_FAILED', `Cannot listen on ${host}, port ${port}: ${reason}`, {
    host,
    port,
  });
}
