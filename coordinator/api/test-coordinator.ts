import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { BlobInfo, Job } from '../../shared/api/schemas.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import { TestNode } from '../gateway/test-node.ts';
import { type RunningCoordinator, startCoordinator } from '../main.ts';
import { parseCommandLine } from '../ops/command-line.ts';

/** The smallest WASI program: a memory, and a `_start` that returns. */
export const TINY_WASM = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 4, 1, 0x60, 0, 0],
    [3, 2, 1, 0],
    [5, 3, 1, 0, 1],
    [7, 19, 2, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0],
    [6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0],
    [10, 4, 1, 2, 0, 0x0b],
  ].flat(),
);

/** An answer of the API: its status and its JSON, if it is that. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

/** An error's body, for tests that expect one. */
export interface ErrorAnswer {
  error: { code: string; message: string; facts: Record<string, unknown> };
}

/** A whole coordinator on a free port and in a folder of its own, for tests over real HTTP. */
export class TestCoordinator {
  readonly folder = mkdtempSync(join(tmpdir(), 'manyhands-api-'));
  readonly #flags: string[];
  readonly #nodes: TestNode[] = [];
  #running!: RunningCoordinator;
  /** The administrator's. */
  token = '';

  constructor(flags: string[] = []) {
    this.#flags = flags;
  }

  async start(): Promise<this> {
    const { config } = parseCommandLine(
      ['--data', join(this.folder, 'data'), '--port', '0', '--sample', '-', ...this.#flags],
      { env: {}, readFile: () => '{}' },
    );
    this.#running = await startCoordinator(config, { log: pino({ level: 'silent' }) });
    this.token = this.#running.token ?? this.token;
    return this;
  }

  get url(): string {
    return this.#running.url;
  }

  /** Whether the last start made a token. */
  get madeToken(): boolean {
    return this.#running.token !== null;
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }

  async destroy(): Promise<void> {
    for (const node of this.#nodes) node.close();
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** A request with the administrator's token, unless `init` has headers of its own. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, {
      headers: { Authorization: `Bearer ${this.token}` },
      ...init,
    });
  }

  async get<T = unknown>(path: string, token = this.token): Promise<Answer<T>> {
    return answer(await fetch(this.url + path, { headers: { Authorization: `Bearer ${token}` } }));
  }

  async post<T = unknown>(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return answer(
      await fetch(this.url + path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${this.token}`, ...headers },
        body: JSON.stringify(body),
      }),
    );
  }

  /** Uploads, and returns the id. */
  async upload(bytes: Uint8Array<ArrayBuffer> | string): Promise<string> {
    const response = await this.fetch('/v1/blobs', { method: 'POST', body: bytes });
    return ((await response.json()) as BlobInfo).id;
  }

  /** Posts a JavaScript job of one replica and returns it. */
  async job(changes: Partial<JobSpecInput> = {}): Promise<Job> {
    const blob = await this.upload('export default (i) => i * 2');
    const { status, body } = await this.post<Job>('/v1/jobs', {
      name: 'Test',
      program: { kind: 'javascript', blob },
      inputs: { kind: 'range', from: 1, to: 10 },
      replication: { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 2 },
      ...changes,
    });
    if (status !== 201) throw new Error(`not posted: ${JSON.stringify(body)}`);
    return body;
  }

  /** A node that has joined. */
  async node(): Promise<TestNode> {
    const node = await TestNode.connect(`${this.url.replace('http', 'ws')}/node`, {});
    this.#nodes.push(node);
    await node.join();
    return node;
  }
}

async function answer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let body: unknown = text;
  if (response.headers.get('content-type')?.startsWith('application/json')) body = JSON.parse(text);
  return { status: response.status, headers: response.headers, body: body as T };
}

/** Canonical output of a returned value, in the form that a test node submits. */
export function valueOutput(value: unknown): string {
  return String.fromCharCode(...encodeOutput({ value: JSON.stringify(value) }));
}
