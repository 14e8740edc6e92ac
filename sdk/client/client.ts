import { sha256 } from '@noble/hashes/sha2.js';
import { inlineBytes } from '../../shared/api/contents.ts';
import {
  BlobInfo,
  type Content,
  Job,
  JobList,
  NetworkStatus,
  Requester,
  type ResultRow,
  RetryResponse,
  ShardDetail,
} from '../../shared/api/schemas.ts';
import { resultsJob } from '../../shared/api/whole.ts';
import { toHex, utf8 } from '../../shared/bytes.ts';
import type { JobSpecInput, ProgramKind } from '../../shared/job/spec.ts';
import { ApiError } from './errors.ts';
import { type ClientOptions, Http } from './http.ts';
import { type ResultsOptions, results } from './results.ts';
import { watchStages } from './watch-stages.ts';
import { fetchBlob } from './whole-rows.ts';

/** Program of a run: WASM bytes, a function, JavaScript source, or a blob that is there already. */
export type ProgramSource =
  | Uint8Array<ArrayBuffer>
  | ((input: never, context: never) => unknown)
  | { javascript: string }
  | { kind: ProgramKind; blob: string };

/** A job spec with the program itself in place of its blob. */
export type RunSpec = Omit<JobSpecInput, 'program'> & { program: ProgramSource };

export interface RunOptions {
  signal?: AbortSignal;
  /** Called once the job is posted. */
  onPosted?(job: Job): void;
}

/**
 * A requester's client, for Node and browsers, on the public API alone.
 *
 * @example
 * const client = new Client({ url: 'http://127.0.0.1:4870', token });
 * const inputs = { kind: 'range', from: 1, to: 1000 } as const;
 * for await (const row of client.run({ name: 'squares', program: (i: number) => i * i, inputs }))
 *   console.log(row.shard, row.value);
 */
export class Client {
  readonly #http: Http;

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
  }

  /** The network as everybody may see it. */
  status(): Promise<NetworkStatus> {
    return this.#http.json(NetworkStatus, '/v1/status');
  }

  /** Whose token this is. */
  me(): Promise<Requester> {
    return this.#http.json(Requester, '/v1/me');
  }

  /** Stores bytes under their hash; bytes that are there already are not sent again. */
  async upload(bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<BlobInfo> {
    const id = toHex(sha256(bytes));
    if (await this.hasBlob(id)) return { id, bytes: bytes.length };
    return this.#http.json(BlobInfo, `/v1/blobs/${id}`, { method: 'PUT', body: bytes, signal });
  }

  /** Stores a stream too large for memory; the coordinator names it. */
  uploadStream(body: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<BlobInfo> {
    return this.#http.json(BlobInfo, '/v1/blobs', { method: 'POST', body, signal });
  }

  async hasBlob(id: string): Promise<boolean> {
    try {
      await this.#http.request(`/v1/blobs/${id}`, { method: 'HEAD' });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Posts a job. Posting again with the same key returns the job that the first post made. */
  post(spec: JobSpecInput, idempotencyKey: string = crypto.randomUUID()): Promise<Job> {
    return this.#http.json(Job, '/v1/jobs', {
      method: 'POST',
      json: spec,
      headers: { 'idempotency-key': idempotencyKey },
    });
  }

  async jobs(): Promise<Job[]> {
    return (await this.#http.json(JobList, '/v1/jobs')).jobs;
  }

  job(id: string, signal?: AbortSignal): Promise<Job> {
    return this.#http.json(Job, jobPath(id), { signal });
  }

  cancel(id: string): Promise<Job> {
    return this.#http.json(Job, `${jobPath(id)}/cancel`, { method: 'POST' });
  }

  /** Has failed shards tried again: those named, or all. Returns how many. */
  async retry(id: string, shards?: readonly number[]): Promise<number> {
    const path = `${jobPath(id)}/retry`;
    return (await this.#http.json(RetryResponse, path, { method: 'POST', json: { shards } }))
      .retried;
  }

  /** How one verdict came about: replicas, nodes, digests, signatures. */
  shard(id: string, shard: number): Promise<ShardDetail> {
    return this.#http.json(ShardDetail, `${jobPath(id)}/shards/${shard}`);
  }

  /** Verdicts as they are reached: see `results`. */
  results(id: string, options?: ResultsOptions): AsyncGenerator<ResultRow> {
    return results(this.#http, id, options);
  }

  /** A whole blob; an output that is on nodes only is fetched from them first. */
  blob(id: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return fetchBlob(this.#http, id, signal);
  }

  /** The bytes of a row's content, wherever they are. */
  async contentBytes(content: Content, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if ('blob' in content) return this.blob(content.blob, signal);
    return inlineBytes(content) ?? new Uint8Array(0);
  }

  /** A whole download as the coordinator makes it. */
  async download(id: string, format: 'csv' | 'zip'): Promise<ReadableStream<Uint8Array> | null> {
    return (await this.#http.request(`${jobPath(id)}/results.${format}`)).body;
  }

  /**
   * Uploads the program, posts the job and yields its verdicts until it has ended; of a job in
   * stages those of the last one.
   *
   * @throws ManyhandsError with the reason's code (`STAGE_BEFORE_FAILED` or another of `STAGE_`) where
   *   a stage goes no further until the job's requester retries what failed, or cancels it; `facts.job`
   *   is the job's id
   */
  async *run(spec: RunSpec, options: RunOptions = {}): AsyncGenerator<ResultRow> {
    const program = await this.#program(spec.program, options.signal);
    const job = await this.post({ ...spec, program });
    options.onPosted?.(job);
    const following = { follow: true, signal: options.signal };
    if (job.stage) yield* this.#untilStuck(job, following);
    else yield* this.results(job.id, following);
  }

  /** Results of the last stage, unless one stands still before. */
  async *#untilStuck(
    { id, ...job }: Job,
    options: ResultsOptions & { signal?: AbortSignal },
  ): AsyncGenerator<ResultRow> {
    const stuck = new AbortController();
    const ended = new AbortController();
    const watching = watchStages(this, id, ended.signal, (error) => stuck.abort(error));
    const signals = [stuck.signal, ...(options.signal ? [options.signal] : [])];
    try {
      yield* this.results(resultsJob({ id, ...job }), {
        ...options,
        signal: AbortSignal.any(signals),
      });
    } catch (error) {
      throw stuck.signal.aborted ? stuck.signal.reason : error;
    } finally {
      ended.abort();
      await watching;
    }
  }

  async #program(source: ProgramSource, signal?: AbortSignal): Promise<JobSpecInput['program']> {
    if ('blob' in source) return source;
    if (source instanceof Uint8Array)
      return { kind: 'wasi', blob: (await this.upload(source, signal)).id };
    const text = typeof source === 'function' ? source.toString() : source.javascript;
    return { kind: 'javascript', blob: (await this.upload(utf8(text), signal)).id };
  }
}

function jobPath(id: string): string {
  return `/v1/jobs/${encodeURIComponent(id)}`;
}
