import * as z from 'zod/mini';
import { inlineBytes, isBlob } from '../../shared/api/contents.ts';
import { readLines } from '../../shared/api/lines.ts';
import {
  type Content,
  DownloadKey,
  FailurePage,
  Job,
  JobList,
  Mosaic,
  Project,
  Requester,
  ResultRow,
  RetryResponse,
  ShardDetail,
  SwarmPass,
} from '../../shared/api/schemas.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import { common } from '../text/en/common.ts';
import { ApiError } from './errors.ts';
import { type Call, call, callJson } from './request.ts';

const ProjectList = z.object({ projects: z.array(Project) });

/** A part of a job's results. */
export interface ResultPage {
  rows: ResultRow[];
  /** For the page after this one; null where these are the last so far. */
  next: string | null;
}

/** The requesters' API with one token. Every method throws ApiError, or AbortError. */
export class Client {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  me(signal?: AbortSignal): Promise<Requester> {
    return callJson(Requester, '/me', this.#with({ signal }));
  }

  async projects(signal?: AbortSignal): Promise<Project[]> {
    return (await callJson(ProjectList, '/projects', this.#with({ signal }))).projects;
  }

  async jobs(signal?: AbortSignal): Promise<Job[]> {
    return (await callJson(JobList, '/jobs', this.#with({ signal }))).jobs;
  }

  job(id: string, signal?: AbortSignal): Promise<Job> {
    return callJson(Job, jobPath(id), this.#with({ signal }));
  }

  /** Posting again with the same key returns the job that the first post made. */
  post(spec: JobSpecInput, idempotencyKey: string): Promise<Job> {
    const headers = { 'Idempotency-Key': idempotencyKey };
    return callJson(Job, '/jobs', this.#with({ method: 'POST', json: spec, headers }));
  }

  cancel(id: string): Promise<Job> {
    return callJson(Job, `${jobPath(id)}/cancel`, this.#with({ method: 'POST' }));
  }

  /** Failed shards are tried again: those named, or all. Returns how many. */
  async retry(id: string, shards?: number[]): Promise<number> {
    const options = this.#with({ method: 'POST', json: { shards } });
    return (await callJson(RetryResponse, `${jobPath(id)}/retry`, options)).retried;
  }

  mosaic(id: string, cells: number, signal?: AbortSignal): Promise<Mosaic> {
    return callJson(Mosaic, `${jobPath(id)}/mosaic?cells=${cells}`, this.#with({ signal }));
  }

  shard(id: string, shard: number, signal?: AbortSignal): Promise<ShardDetail> {
    return callJson(ShardDetail, `${jobPath(id)}/shards/${shard}`, this.#with({ signal }));
  }

  failures(id: string, after: string | null, signal?: AbortSignal): Promise<FailurePage> {
    const query = new URLSearchParams({ limit: '50', ...(after !== null && { after }) });
    return callJson(FailurePage, `${jobPath(id)}/failures?${query}`, this.#with({ signal }));
  }

  /** Rows after a cursor, `limit` at most, in the order in which the verdicts were reached. */
  async results(
    id: string,
    after: string | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<ResultPage> {
    const rows: ResultRow[] = [];
    // One more than is wanted tells whether there is another page.
    for await (const row of this.resultRows(id, { after, limit: limit + 1 }, signal)) {
      if (rows.length === limit) return { rows, next: rows.at(-1)?.cursor ?? null };
      rows.push(row);
    }
    return { rows, next: null };
  }

  /**
   * Rows after a cursor as they stream in. With `follow` the stream waits for more until the job
   * has ended.
   */
  async *resultRows(
    id: string,
    { after, limit, follow }: { after: string | null; limit?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<ResultRow> {
    const query = new URLSearchParams();
    if (after !== null) query.set('after', after);
    if (limit !== undefined) query.set('limit', String(limit));
    if (follow) query.set('follow', '1');
    const path = `${jobPath(id)}/results?${query}`;
    const response = await call(path, this.#with({ signal }));
    if (!response.body) return;
    for await (const line of readLines(response.body)) {
      // Blank lines keep a stream open through proxies.
      if (line === '') continue;
      const parsed = ResultRow.safeParse(JSON.parse(line));
      if (!parsed.success)
        throw new ApiError(200, 'ANSWER_INVALID', common.badAnswer, { call: path });
      yield parsed.data;
    }
  }

  /** A blob's bytes; fetched from nodes where the coordinator does not have it yet. */
  async blob(id: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const response = await call(`/blobs/${id}`, { signal });
    return new Uint8Array(await response.arrayBuffer());
  }

  /** A content's bytes, wherever they are. */
  async contentBytes(content: Content, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return isBlob(content)
      ? this.blob(content.blob, signal)
      : (inlineBytes(content) ?? new Uint8Array());
  }

  /** Leave to fetch a job's large outputs straight from nodes. */
  swarmPass(id: string, signal?: AbortSignal): Promise<SwarmPass> {
    return callJson(SwarmPass, `${jobPath(id)}/swarm-pass`, this.#with({ method: 'POST', signal }));
  }

  /** Address of a download that a plain link can follow for some minutes, so that it streams to disk. */
  async downloadUrl(id: string, file: 'results' | 'results.csv' | 'results.zip'): Promise<string> {
    const options = this.#with({ method: 'POST' });
    const { key } = await callJson(DownloadKey, `${jobPath(id)}/download-key`, options);
    return `/v1${jobPath(id)}/${file}?${new URLSearchParams({ key })}`;
  }

  /** The stream of a job's progress events, in the format of server-sent events. */
  events(id: string, signal: AbortSignal): Promise<Response> {
    const headers = { Accept: 'text/event-stream' };
    return call(`${jobPath(id)}/events`, this.#with({ headers, signal }));
  }

  #with(options: Call): Call {
    return { ...options, token: this.token };
  }
}

function jobPath(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}
