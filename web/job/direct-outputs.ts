import { proxy, releaseProxy, transfer, wrap } from 'comlink';
import type { BlobContent } from '../../shared/api/schemas.ts';
import { fromBase64 } from '../../shared/bytes.ts';
import type { ReaderApi } from '../../worker/swarm/reader/reader-worker.ts';
import type { Client } from '../api/client.ts';

/** Nothing came from other browsers for so long: the coordinator is asked as well. */
const PATIENCE_MS = 8_000;
/** A pass is renewed this long before it ends. */
const RENEW_MS = 60_000;

/** Reads a job's large outputs straight from the browsers that hold them. Loads nothing before. */
export class DirectOutputs {
  readonly #client: Client;
  readonly #job: string;
  readonly #worker: Worker;
  readonly #reader: ReturnType<typeof wrap<ReaderApi>>;
  #passUntil = 0;
  #closeLinks = () => {};
  #closed = false;

  constructor(client: Client, job: string) {
    this.#client = client;
    this.#job = job;
    this.#worker = new Worker(
      new URL('../../worker/swarm/reader/reader-worker.ts', import.meta.url),
      {
        type: 'module',
        name: 'manyhands-reader',
      },
    );
    this.#reader = wrap<ReaderApi>(this.#worker);
    void this.#reader.open(
      location.origin,
      proxy(() => this.#openLinks()),
    );
  }

  /**
   * The bytes of an output, from other browsers or from the coordinator, whoever is first.
   * @throws ApiError where nobody has it now
   */
  async read({ blob, bytes, manifest }: BlobContent): Promise<Uint8Array<ArrayBuffer>> {
    const direct = this.#pass().then(() =>
      this.#reader.read(this.#job, { id: blob, bytes, manifest }),
    );
    const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
    const first = await Promise.race([direct.catch(() => null), late]);
    return first ?? this.#client.blob(blob);
  }

  close(): void {
    this.#closed = true;
    this.#closeLinks();
    this.#reader[releaseProxy]();
    this.#worker.terminate();
  }

  async #pass(): Promise<void> {
    if (Date.now() < this.#passUntil - RENEW_MS) return;
    const { pass, expiresAt } = await this.#client.swarmPass(this.#job);
    this.#passUntil = expiresAt;
    await this.#reader.setPass(this.#job, fromBase64(pass));
  }

  async #openLinks(): Promise<MessagePort> {
    const [{ Libp2pLinks }, { servePort }] = await Promise.all([
      import('../../worker/swarm/links/libp2p-links.ts'),
      import('../../worker/swarm/links/port-links.ts'),
    ]);
    this.#closeLinks();
    const { port1, port2 } = new MessageChannel();
    this.#closeLinks = servePort((events) => new Libp2pLinks(events), port1);
    if (this.#closed) this.#closeLinks();
    return transfer(port2, [port2]);
  }
}
