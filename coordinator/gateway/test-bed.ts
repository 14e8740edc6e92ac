import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkSet } from '../ops/networks.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { exampleJob } from '../store/examples.ts';
import { type Database, openDatabase } from '../store/sqlite/database.ts';
import { SqliteStore } from '../store/sqlite/store.ts';
import type { JobRow, NewJob } from '../store/store.ts';
import { openSwarm, type Swarm } from '../swarm/open-swarm.ts';
import { Dispatcher } from './dispatcher.ts';
import { Gateway, NODE_PATH } from './gateway.ts';
import { outputHash } from './output-hash.ts';
import { TestNode, type TestNodeOptions } from './test-node.ts';

/** A whole coordinator without its HTTP API, on a database in a folder of its own, for tests. */
export class TestBed {
  readonly #folder = mkdtempSync(join(tmpdir(), 'manyhands-gateway-'));
  readonly #nodes: TestNode[] = [];
  readonly #maxNodesPerAddress: number;
  readonly #testNetworks: string[];
  #requester = 0;
  #server!: Server;
  database!: Database;
  store!: SqliteStore;
  dispatcher!: Dispatcher;
  /** Lengths of the blobs that the coordinator has, by their ids. */
  readonly blobs = new Map<string, number>();
  swarm!: Swarm;
  gateway!: Gateway;

  constructor({ maxNodesPerAddress = 100, testNetworks = ['127.0.0.0/8'] } = {}) {
    this.#maxNodesPerAddress = maxNodesPerAddress;
    this.#testNetworks = testNetworks;
  }

  async start(): Promise<this> {
    this.database = openDatabase(join(this.#folder, 'store.sqlite'));
    this.store = new SqliteStore(this.database);
    const scheduler = new Scheduler({ hash: outputHash, firstLease: BigInt(Date.now()) * 1000n });
    this.dispatcher = new Dispatcher({
      store: this.store,
      scheduler,
      now: Date.now,
      owner: 'test',
    });
    await this.dispatcher.start();
    this.swarm = openSwarm({
      secret: this.store.secret,
      enabled: true,
      iceServers: [],
      seedBytesPerSecond: 0,
      now: Date.now,
      blobBytes: async (id) => this.blobs.get(id) ?? null,
      onError: (thrown) => {
        throw thrown;
      },
    });
    this.gateway = new Gateway({
      dispatcher: this.dispatcher,
      desk: this.swarm.desk,
      otherUpgrades: this.swarm.upgrades,
      secret: this.store.secret,
      now: Date.now,
      trustedProxies: networkSet([]),
      testNetworks: networkSet(this.#testNetworks),
      maxNodesPerAddress: this.#maxNodesPerAddress,
      onError: (thrown) => {
        throw thrown;
      },
    });
    this.#server = createServer();
    this.gateway.attach(this.#server);
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}${NODE_PATH}`;
  }

  /** Ends in order, as on Ctrl-C. */
  async stop(): Promise<void> {
    this.gateway.close();
    await this.swarm.relay.stop();
    await this.dispatcher.stop();
    await this.store.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async destroy(): Promise<void> {
    for (const node of this.#nodes) node.close();
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** A node that has joined. */
  async node(options: TestNodeOptions = {}): Promise<TestNode> {
    const node = await TestNode.connect(this.url, options);
    this.#nodes.push(node);
    await node.join();
    return node;
  }

  /** A connection that has said nothing yet. */
  async stranger(): Promise<TestNode> {
    const node = await TestNode.connect(this.url, {});
    this.#nodes.push(node);
    return node;
  }

  /** A running job. */
  async job(changes: Partial<NewJob> & { spec?: NewJob['spec'] } = {}): Promise<JobRow> {
    if (this.#requester === 0) {
      const requester = { name: 'R', tokenHash: 'h', admin: false };
      this.#requester = (await this.store.addRequester(requester)).number;
    }
    const row = await this.store.addJob(exampleJob(this.#requester, changes));
    await this.dispatcher.addJob(row);
    return row;
  }
}
