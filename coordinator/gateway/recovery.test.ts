import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateNodeKeys, type NodeKeys, nodeId } from '../../shared/identity/keys.ts';
import type { SubmitFrame } from '../../shared/protocol/frames.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { type LeaseFrame, TestNode } from './test-node.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const SHARDS = 20_000;
const KILLS = 4;

let folder: string;
let port: number;
let child: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-recovery-'));
  port = await freePort();
});
afterEach(async () => {
  await killCoordinator();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Starts the real coordinator; resolves to its token, if it made one, when it listens. */
async function startCoordinator(): Promise<string> {
  const settings = ['--port', `${port}`, '--data', folder, '--sample', '-', '--log-level', 'error'];
  child = spawn(process.execPath, [MAIN, ...settings, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const event = JSON.parse(line);
    if (event.event === 'listening') return event.token ?? '';
  }
  throw new Error('the coordinator did not start');
}

/** As a power cut would end it. */
async function killCoordinator(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function post(path: string, token: string, body: string): Promise<{ id: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as { id: string };
}

/** A node that keeps what was not acknowledged, connects again, and resumes; like a real one. */
class Survivor {
  readonly #keys: NodeKeys;
  /** By ticket and first shard. */
  readonly #unacknowledged = new Map<string, SubmitFrame>();
  readonly acknowledged = new Set<number>();
  /** Acknowledged, or refused because the job had ended when they were sent again. */
  readonly settled = new Set<number>();

  constructor(keys: NodeKeys) {
    this.#keys = keys;
  }

  get key(): string {
    return nodeId(this.#keys.publicKey);
  }

  async run(isDone: () => boolean): Promise<void> {
    while (!isDone()) await this.#connection(isDone).catch(() => sleep(20));
  }

  async #connection(isDone: () => boolean): Promise<void> {
    const node = await TestNode.connect(`ws://127.0.0.1:${port}/node`, { keys: this.#keys });
    try {
      await node.join();
      const tickets = [...this.#unacknowledged.values()].map(({ ticket }) => ticket);
      node.send({ type: 'resume', tickets });
      for (const frame of this.#unacknowledged.values()) node.send(frame);
      node.send({ type: 'want', threads: 1, milliseconds: 500 });
      while (!isDone()) await this.#answer(node, await node.nextOf(['lease', 'ack', 'refuse']));
    } finally {
      node.close();
    }
  }

  async #answer(node: TestNode, frame: Awaited<ReturnType<TestNode['nextOf']>>): Promise<void> {
    if (frame.type === 'lease') await this.#submit(node, frame);
    if (frame.type !== 'ack' && frame.type !== 'refuse') return;
    this.#unacknowledged.delete(keyOf(frame));
    for (let i = 0; i < frame.count; i++) {
      this.settled.add(frame.first + i);
      if (frame.type === 'ack') this.acknowledged.add(frame.first + i);
    }
  }

  async #submit(node: TestNode, lease: LeaseFrame): Promise<void> {
    // In two parts, so that there are half-done leases when the coordinator dies.
    const half = Math.ceil(lease.count / 2);
    for (const [first, count] of [
      [lease.first, half],
      [lease.first + half, lease.count - half],
    ]) {
      if (count === 0) continue;
      const frame = await node.submission(lease, { first, count });
      this.#unacknowledged.set(keyOf(frame), frame);
      node.send(frame);
    }
    node.send({ type: 'want', threads: 1, milliseconds: 500 });
  }
}

const keyOf = ({ ticket, first }: { ticket: Uint8Array; first: number }) =>
  `${Buffer.from(ticket).toString('base64')} ${first}`;

test('GAT-31 a coordinator killed at any moment loses and doubles nothing that it acknowledged', async () => {
  const token = await startCoordinator();
  const { id: blob } = await post('/v1/blobs', token, 'export default (i) => i;');
  const spec = {
    name: 'killed',
    program: { kind: 'javascript', blob },
    inputs: { kind: 'range', from: 1, to: SHARDS },
  };
  const { id } = await post('/v1/jobs', token, JSON.stringify(spec));

  let done = false;
  const nodes = [new Survivor(await generateNodeKeys()), new Survivor(await generateNodeKeys())];
  const running = nodes.map((node) => node.run(() => done));
  const progress = () => nodes.reduce((sum, { settled }) => sum + settled.size, 0);
  for (let kill = 1; kill <= KILLS; kill++) {
    await expect
      .poll(progress, { timeout: 40_000, interval: 5 })
      .toBeGreaterThan((kill * 2 * SHARDS) / (KILLS + 2));
    await killCoordinator();
    await startCoordinator();
  }
  await expect
    .poll(
      async () => {
        const response = await fetch(`http://127.0.0.1:${port}/v1/jobs/${id}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return ((await response.json()) as { state: string }).state;
      },
      { timeout: 60_000 },
    )
    .toBe('done');
  done = true;
  await killCoordinator();
  await Promise.all(running);

  const store = openSqliteStore(join(folder, 'manyhands.sqlite'));
  const job = await store.job(id);
  expect(job).toMatchObject({ state: 'done', done: SHARDS, failed: 0 });
  const number = job?.number ?? 0;

  const verdicts = new Uint8Array(SHARDS);
  for (const { verdicts: record } of await store.verdicts(number, 0, Number.POSITIVE_INFINITY))
    for (const shard of record.shards) verdicts[record.block * 4096 + shard]++;
  expect(verdicts.every((count) => count === 1)).toBe(true);

  const kept = nodes.map(() => new Uint8Array(SHARDS));
  for (let block = 0; block * 4096 < SHARDS; block++)
    for (const { claim, results } of await store.submissionsOf(number, block)) {
      const of = nodes.findIndex((node) => node.key === claim.nodeKey);
      for (let i = 0; i < results.count; i++) kept[of][results.first + i]++;
    }
  nodes.forEach((node, of) => {
    expect(kept[of].every((times) => times <= 1)).toBe(true);
    for (const shard of node.acknowledged) expect(kept[of][shard]).toBe(1);
  });
  await store.close();
}, 180_000);
