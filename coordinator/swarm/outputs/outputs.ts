import type { BlobInfo } from '../../../shared/api/schemas.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import { MAX_HELD } from '../../../shared/protocol/limits.ts';
import { blobMismatch } from '../../blobs/blob-errors.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { Dispatcher } from '../../gateway/dispatcher.ts';
import type { JobNumber, NodeNumber, VerdictRecord } from '../../scheduler/events.ts';
import { referencesOf } from '../../store/references.ts';
import type { Store } from '../../store/store.ts';
import type { OutputKeeper, SwarmNode } from '../ports.ts';
import { Arrivals } from './arrivals.ts';
import { noLongerThan, type Upload } from './deposit-upload.ts';
import { DepositTickets } from './deposits.ts';
import { DEPOSIT_TICKET_MS, MAX_ON_NODES, OUTPUTS_TICK_MS } from './limits.ts';
import { OutputsCore, type OutputsEffect, type OutputsEvent } from './outputs-core.ts';
import { Recomputing } from './recomputing.ts';
import { Undecided } from './undecided.ts';

/** Outputs read from the store at a time. */
const PAGE = 1000;

export interface OutputsOptions {
  store: Store;
  blobs: BlobStore;
  dispatcher: Pick<Dispatcher, 'onVerdicts' | 'onJobEnd' | 'reopenShards'>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told of faults that no caller hears of. */
  onError(thrown: unknown): void;
}

/** Where a blob is: here, on nodes that may deliver it later, or nowhere that is known. */
export type Whereabouts = 'here' | 'on-nodes' | 'unknown';

/**
 * Outputs that stay on the nodes that computed them: learns which are needed and who holds them,
 * has them uploaded in time, and has what is lost computed again. The rules are in `OutputsCore`.
 */
export class Outputs implements OutputKeeper {
  readonly #options: OutputsOptions;
  readonly #core = new OutputsCore();
  readonly #tickets: DepositTickets;
  readonly #nodes = new Map<NodeNumber, SwarmNode>();
  readonly #arrivals = new Arrivals();
  readonly #undecided = new Undecided();
  readonly #recomputing: Recomputing;
  #latest = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OutputsOptions) {
    this.#options = options;
    this.#tickets = new DepositTickets(options.store.secret);
    this.#recomputing = new Recomputing(options);
    options.dispatcher.onVerdicts((record) => this.#verdicts(record));
    options.dispatcher.onJobEnd(({ id }) => this.#ended(id));
  }

  /** Takes up the outputs that were on nodes when the coordinator stopped. */
  async start(): Promise<void> {
    let after = 0;
    while (this.#core.onNodes < MAX_ON_NODES) {
      const page = await this.#options.store.outputsOnNodes(after, PAGE);
      for (const { blob } of page) this.#handle({ type: 'needed', blob });
      if (page.length < PAGE) break;
      after = page[page.length - 1].number;
    }
    this.#timer = setInterval(() => this.#handle({ type: 'tick' }), OUTPUTS_TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#arrivals.stop();
  }

  /** Needed outputs that only nodes have. */
  get onNodes(): number {
    return this.#core.onNodes;
  }

  held(node: SwarmNode, job: string, blobs: readonly BlobRef[]): void {
    this.#nodes.set(node.number, node);
    const ids = blobs.map(({ id }) => id);
    const unknown = ids.filter((id) => !this.#core.isNeeded(id) && !this.#core.isHeld(id));
    this.#handle({ type: 'held', node: node.number, blobs: ids });
    if (unknown.length > 0) this.#run(() => this.#lookUp(job, unknown));
  }

  unheld({ number }: SwarmNode, blobs: readonly BlobId[]): void {
    this.#handle({ type: 'unheld', node: number, blobs });
  }

  parting(node: SwarmNode): void {
    this.#nodes.set(node.number, node);
    this.#handle({ type: 'parting', node: node.number });
  }

  left({ number }: SwarmNode): void {
    this.#nodes.delete(number);
    this.#handle({ type: 'left', node: number });
  }

  /**
   * Sees to it that a blob which verdicts refer to comes here, and waits for it for a while.
   * @param signal of whoever waits
   */
  async collect(id: BlobId, signal: AbortSignal): Promise<Whereabouts> {
    const { blobs, store } = this.#options;
    if ((await blobs.size(id)) !== null) return 'here';
    const [output] = await store.outputsOfBlob(id, 1);
    if (!output) return 'unknown';
    if (signal.aborted) return 'on-nodes';
    // Whoever finds all places to wait taken finds the output here the next time.
    const arrival = this.#arrivals.isFull ? null : this.#arrivals.wait(id, signal);
    this.#want(output.blob);
    if (!arrival) return 'on-nodes';
    // It may have come between the look for it and the wait.
    if ((await blobs.size(id)) !== null) this.#arrived(id);
    await arrival;
    return (await blobs.size(id)) === null ? 'on-nodes' : 'here';
  }

  /**
   * What a job's verdicts refer to is of no use any more: the stages that took it are over. Where
   * they are opened again all the same, it is had again as what was lost is.
   */
  async release(job: JobNumber): Promise<void> {
    for (const blob of await this.#options.store.releaseOutputs(job))
      if (!this.#core.isWanted(blob)) this.#handle({ type: 'forgotten', blob });
  }

  /** Sees to it that somebody will find it here soon. */
  ask(id: BlobId): void {
    const { blobs, store } = this.#options;
    this.#run(async () => {
      if ((await blobs.size(id)) !== null) return;
      const [output] = await store.outputsOfBlob(id, 1);
      if (output) this.#want(output.blob);
    });
  }

  #want(blob: BlobRef): void {
    this.#handle({ type: 'needed', blob });
    this.#handle({ type: 'wanted', blob: blob.id });
  }

  /**
   * Takes an upload that was asked for.
   * @throws ManyhandsError `TICKET_INVALID`, and those of `BlobStore.receive`
   */
  async deposit(id: BlobId, ticket: string, upload: Upload): Promise<BlobInfo> {
    const { store, blobs, now } = this.#options;
    const claim = this.#tickets.open(ticket, now());
    if (claim.blob !== id) throw blobMismatch(claim.blob, id);
    try {
      const { declaredBytes } = upload;
      // Two nodes may be asked, and a ticket shown again: the disk is not kept busy with it.
      if ((await blobs.size(id)) === null)
        await blobs.receive(noLongerThan(claim.bytes, upload, id), { expected: id, declaredBytes });
    } catch (error) {
      this.#failed(claim.nodeKey, id, error);
      throw error;
    }
    await store.outputKept(id);
    this.#arrived(id);
    return { id, bytes: claim.bytes };
  }

  /** What was uploaded was wrong, or could not be taken just now, or never will be. */
  #failed(key: string, blob: BlobId, error: unknown): void {
    const code = error instanceof ManyhandsError ? error.code : null;
    if (code === 'BLOB_TOO_LARGE') {
      this.#handle({ type: 'forgotten', blob });
      this.#arrivals.arrived(blob);
      return;
    }
    const cheated = code === 'BLOB_MISMATCH';
    for (const node of this.#nodes.values())
      if (node.key === key)
        this.#handle({ type: cheated ? 'cheated' : 'postponed', node: node.number, blob });
  }

  #arrived(id: BlobId): void {
    this.#handle({ type: 'kept', blob: id });
    this.#arrivals.arrived(id);
  }

  /** Verdicts are durable: what they refer to is needed from here on. */
  #verdicts(record: VerdictRecord): void {
    const { blobs, store } = this.#options;
    for (const { blob } of referencesOf(record)) {
      this.#undecided.delete(blob.id);
      this.#handle({ type: 'needed', blob });
      this.#run(async () => {
        if ((await blobs.size(blob.id)) === null) return;
        await store.outputKept(blob.id);
        this.#arrived(blob.id);
      });
    }
  }

  /** A job has ended: outputs of it that no verdict refers to are of no use. */
  #ended(job: string): void {
    for (const blob of this.#undecided.take(job))
      if (!this.#core.isNeeded(blob)) this.#handle({ type: 'forgotten', blob });
  }

  /** Outputs that a node holds and nobody has spoken of: of a shard without a verdict, or old ones. */
  async #lookUp(job: string, ids: readonly BlobId[]): Promise<void> {
    const { store, blobs } = this.#options;
    const state = (await store.job(job))?.state;
    const mayBeNeeded = state === 'running' || state === 'waiting';
    for (const id of ids) {
      const [output] = await store.outputsOfBlob(id, 1);
      if (output && (await blobs.size(id)) !== null) this.#arrived(id);
      else if (output && !output.released) this.#handle({ type: 'needed', blob: output.blob });
      // A verdict may have come meanwhile, or somebody who waits for it.
      else if (this.#core.isNeeded(id)) continue;
      else if (output) this.#handle({ type: 'forgotten', blob: id });
      else if (mayBeNeeded) this.#undecided.add(job, id);
      else this.#handle({ type: 'forgotten', blob: id });
    }
  }

  #handle(event: OutputsEvent): void {
    // The wall clock may be set back; time here may not.
    this.#latest = Math.max(this.#latest, this.#options.now());
    for (const effect of this.#core.handle(event, this.#latest)) this.#perform(effect);
  }

  #perform(effect: OutputsEffect): void {
    switch (effect.type) {
      case 'deposit':
        this.#askFor(effect);
        break;
      case 'decided':
      case 'release':
        this.#tell(effect);
        break;
      case 'lost':
        this.#run(() => this.#recomputing.begin(effect.blob));
        break;
    }
  }

  #tell({ type, node, blobs }: Extract<OutputsEffect, { type: 'decided' | 'release' }>): void {
    for (let at = 0; at < blobs.length; at += MAX_HELD)
      this.#nodes.get(node)?.send({ type, blobs: blobs.slice(at, at + MAX_HELD) });
  }

  #askFor({ node: number, blobs, last }: Extract<OutputsEffect, { type: 'deposit' }>): void {
    const node = this.#nodes.get(number);
    if (!node) return;
    const until = this.#options.now() + DEPOSIT_TICKET_MS;
    const asked = blobs.map(({ id, bytes }) => ({
      blob: id,
      ticket: this.#tickets.seal({ blob: id, bytes, until, nodeKey: node.key }),
    }));
    for (let at = 0; at === 0 || at < asked.length; at += MAX_HELD) {
      const isLast = last && at + MAX_HELD >= asked.length;
      node.send({ type: 'deposit', blobs: asked.slice(at, at + MAX_HELD), last: isLast });
    }
  }

  #run(work: () => Promise<void>): void {
    work().catch((thrown) => this.#options.onError(thrown));
  }
}
