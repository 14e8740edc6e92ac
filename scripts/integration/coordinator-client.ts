import type { Job, ResultRow } from '../../shared/api/schemas.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';

/** The few requests that integration tests make of a coordinator, straight by HTTP. */
export class CoordinatorClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor({ url, token }: { url: string; token: string }) {
    this.#url = url;
    this.#headers = { Authorization: `Bearer ${token}` };
  }

  /** Uploads a blob; returns its id. */
  async upload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const { id } = await this.#json<{ id: string }>('/v1/blobs', { method: 'POST', body: bytes });
    return id;
  }

  /** Posts a job; returns its id. */
  async post(spec: JobSpecInput): Promise<string> {
    const { id } = await this.#json<Job>('/v1/jobs', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(spec),
    });
    return id;
  }

  job(id: string): Promise<Job> {
    return this.#json<Job>(`/v1/jobs/${id}`, {});
  }

  /** Resolves when the condition holds; asks again every 50 ms, through restarts too. */
  async until(id: string, condition: (job: Job) => boolean): Promise<Job> {
    for (;;) {
      const job = await this.job(id).catch(() => null);
      if (job && condition(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async results(id: string): Promise<ResultRow[]> {
    const response = await fetch(`${this.#url}/v1/jobs/${id}/results`, { headers: this.#headers });
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as ResultRow);
  }

  async #json<T>(path: string, request: RequestInit): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      ...request,
      headers: { ...this.#headers, ...request.headers },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
