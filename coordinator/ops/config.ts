import * as z from 'zod/mini';
import { isIceServer } from './ice-servers.ts';

/** Says what a setting is for; the help text shows it. */
function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const Count = (minimum: number) => z.int().check(z.minimum(minimum));
const Path = z.string().check(z.minLength(1));
/** `10.0.0.0/8`, `fd00::/8`, or one address. */
const Network = z
  .string()
  .check(
    z.regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, 'must be an address or a network such as 10.0.0.0/8'),
  );
const Origin = z
  .string()
  .check(
    z.regex(/^(\*|https?:\/\/[^/\s]+)$/, 'must be * or an origin such as https://example.org'),
  );

const IceServerText = z.string().check(
  z.refine(isIceServer, {
    error: 'must be such as stun:host:3478 or turn:user:password@host:3478?transport=udp',
  }),
  z.maxLength(512),
);

/** Text of a token that the operator chooses: as hard to guess as one that we make. */
const Token = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{24,200}$/, 'must have 24 to 200 printable characters'));

/**
 * Everything an operator can set. The one source of the flags (`--max-blob-bytes`), the environment
 * (`MANYHANDS_MAX_BLOB_BYTES`), the config file (`maxBlobBytes`), the help text and the checks.
 */
export const Config = z.strictObject({
  host: described(z._default(Path, '127.0.0.1'), 'address to listen on; 0.0.0.0 for all'),
  port: described(
    z._default(z.int().check(z.minimum(0), z.maximum(65_535)), 4870),
    'TCP port; 0 picks a free one',
  ),
  data: described(
    z._default(Path, 'data'),
    'data folder: database, blobs and secret; made at the first start',
  ),
  web: described(z.optional(Path), 'folder of the built pages (default: dist/web)'),
  sample: described(
    z.optional(Path),
    'folder of a built sample program, posted at the first start (default: dist/apps/collatz); - for none',
  ),
  adminToken: described(
    z.optional(Token),
    'API token of the first administrator; made and printed at the first start where left out',
  ),
  tlsCert: described(z.optional(Path), 'file of the TLS certificate chain (PEM); with tls-key'),
  tlsKey: described(z.optional(Path), 'file of the TLS private key (PEM); with tls-cert'),
  corsOrigins: described(
    z._default(z.array(Origin), []),
    'origins of other sites whose pages may call the API with a token; * for all',
  ),
  trustedProxies: described(
    z._default(z.array(Network), []),
    'networks of reverse proxies whose X-Forwarded-For is believed',
  ),
  testNetworks: described(
    z._default(z.array(Network), ['127.0.0.0/8', '::1']),
    'networks in which every node counts as being on a network of its own',
  ),
  metricsNetworks: described(
    z._default(z.array(Network), ['127.0.0.0/8', '::1']),
    'networks that may read /metrics',
  ),
  maxBlobBytes: described(
    z._default(Count(1), 1024 ** 3),
    'largest program or input file; accepts KiB, MiB, GiB',
  ),
  minFreeBytes: described(
    z._default(Count(0), 256 * 1024 ** 2),
    'disk space that uploads must leave free, so that results can still be written',
  ),
  maxUploads: described(z._default(Count(1), 8), 'uploads at the same time'),
  swarm: described(
    z._default(z.enum(['on', 'off']), 'on'),
    'whether contributors exchange data with each other; off: all of it comes from here',
  ),
  iceServers: described(
    z._default(z.array(IceServerText).check(z.maxLength(8)), []),
    'STUN and TURN servers for contributors behind routers: stun:HOST:PORT, turn:USER:PASSWORD@HOST:PORT',
  ),
  seedBytesPerSecond: described(
    z._default(Count(0), 0),
    'bytes of programs and data that are sent in a second in all, 0 for no bound; accepts KiB, MiB, GiB',
  ),
  maxConnectionsPerAddress: described(
    z._default(Count(1), 512),
    'TCP connections of one address at the same time; trusted proxies and test networks excepted',
  ),
  maxNodesPerAddress: described(
    z._default(Count(1), 128),
    'connected nodes of one address at the same time; test networks excepted',
  ),
  requestsPerSecond: described(
    z._default(Count(1), 500),
    'HTTP requests a second of one token, or of one address without a token',
  ),
  logLevel: described(
    z._default(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), 'info'),
    'least severity that is logged',
  ),
});
/** Checked configuration, defaults filled in. */
export type Config = z.infer<typeof Config>;
