import type { Page } from '@playwright/test';
import { BlobInfo, Job, NetworkStatus } from '../shared/api/schemas.ts';
import type { JobSpecInput } from '../shared/job/spec.ts';
import type { Coordinator } from './coordinator.ts';
import { type } from './typing.ts';

/** A job of a JavaScript function, of which only the rest must be said. */
export type FunctionJob = Partial<JobSpecInput> & { name: string };

/** One answer is enough: for tests that are about something else than agreement. */
const ALONE: JobSpecInput['replication'] = { policy: 'quorum', replicas: 1, quorum: 1 };

/** A requester who talks to the API by hand. */
export class Requester {
  readonly #coordinator: Coordinator;

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator;
  }

  /** Posts a job that runs this JavaScript on the numbers 1 to 100, unless `job` says otherwise. */
  async post(source: string, job: FunctionJob): Promise<Job> {
    const blob = BlobInfo.parse(await this.#call('/v1/blobs', { method: 'POST', body: source }));
    const spec: JobSpecInput = {
      program: { kind: 'javascript', blob: blob.id },
      inputs: { kind: 'range', from: 1, to: 100 },
      replication: ALONE,
      ...job,
    };
    const body = JSON.stringify(spec);
    return Job.parse(await this.#call('/v1/jobs', { method: 'POST', body }));
  }

  /** Uploads a blob, of which the coordinator then has one copy. */
  async upload(body: Uint8Array<ArrayBuffer>): Promise<BlobInfo> {
    return BlobInfo.parse(await this.#call('/v1/blobs', { method: 'POST', body }));
  }

  async job(id: string): Promise<Job> {
    return Job.parse(await this.#call(`/v1/jobs/${id}`));
  }

  async status(): Promise<NetworkStatus> {
    return NetworkStatus.parse(await this.#call('/v1/status'));
  }

  /** Signs in on the page, as a person does. */
  async signIn(page: Page): Promise<void> {
    await page.goto('/request');
    await type(page.getByLabel('API token'), this.#coordinator.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Your jobs' }).waitFor();
  }

  async #call(path: string, init: RequestInit = {}): Promise<unknown> {
    const { url, token } = this.#coordinator;
    const response = await fetch(url + path, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
