import { chunkRange } from '../../shared/blob/chunks.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { toHex } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import { MAX_PEERS } from '../../shared/protocol/limits.ts';
import type { Blobs } from './blobs.ts';
import type { BlobCache } from './cache/blob-cache.ts';
import { Catalogue } from './catalogue.ts';
import { digestOf } from './digest.ts';
import { ExchangeDriver } from './exchange-driver.ts';
import { Gate } from './gate.ts';
import { HeldBlobs } from './held-blobs.ts';
import { Holdings } from './holdings.ts';
import { HttpSource } from './http-source.ts';
import { TRAFFIC_MS } from './limits.ts';
import type { LinkEvents, Links } from './links/links.ts';
import { Membership } from './membership.ts';
import { Outputs } from './outputs.ts';
import { MANIFEST_CHUNK } from './peer-frames.ts';
import { Seeker } from './seeker.ts';
import { Sessions } from './sessions.ts';
import { Shelf } from './shelf.ts';
import type { DataSettings, SwarmView, WithoutPeers } from './swarm-view.ts';
import { type DayStorage, TrafficCount } from './traffic.ts';
import { allChunks, chunksOf, Transfers } from './transfers.ts';
import { Uploads } from './uploads.ts';

const MIB = 1024 * 1024;

export interface SwarmOptions {
  /** Address of the coordinator without a trailing slash, `http:` or `https:`. */
  base: string;
  cache: BlobCache;
  data: DataSettings;
  /** Null where there are no peer connections. */
  createLinks: ((events: LinkEvents) => Links) | null;
  /** Whether the visitor asked the browser to use little data. */
  saveData: boolean;
  /** Sends to the coordinator; whether it has left. */
  send: (frame: SwarmNodeFrame) => boolean;
  dayStorage: DayStorage;
  fetch: typeof fetch;
  /** Milliseconds of a clock that never runs backwards. */
  now: () => number;
  /** The local date as text, other on each day. */
  today: () => string;
  /** Between 0 and 1, without 1. */
  random: () => number;
  onChange: () => void;
  /** Whether results are kept here that perhaps nobody else has; called when that changes. */
  onOutputs: (any: boolean) => void;
}

/**
 * The data that a node needs and has: from the cache, from peers, from the coordinator. Puts the
 * parts together; each of them has one duty.
 */
export class Swarm implements Blobs {
  readonly #options: SwarmOptions;
  readonly #catalogue = new Catalogue();
  readonly #inputs = new Set<BlobId>();
  readonly #held = new HeldBlobs();
  readonly #traffic: TrafficCount;
  readonly #shelf: Shelf;
  readonly #http: HttpSource;
  readonly #holdings: Holdings;
  readonly #outputs: Outputs;
  readonly #seeker: Seeker;
  readonly #sessions: Sessions;
  readonly #uploads: Uploads;
  readonly #membership: Membership | null;
  readonly #transfers: Transfers;
  readonly #exchange: ExchangeDriver;
  readonly #restored: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #data: DataSettings;
  /** Whether the coordinator knows this node on this connection. */
  #joined = false;
  /** Coordinator's clock minus ours. */
  #clockOffset = 0;
  #quiet = false;
  readonly #mayUpload = new Gate();
  #anyOutputs = false;
  #capped = false;
  #stopped = false;

  constructor(options: SwarmOptions) {
    this.#options = options;
    const { base, cache, fetch, now, random } = options;
    const send = (frame: SwarmNodeFrame) => this.#joined && options.send(frame);
    const dispatch = (event: Parameters<ExchangeDriver['dispatch']>[0]) =>
      this.#exchange.dispatch(event);
    this.#data = options.data;
    this.#traffic = new TrafficCount(options.today, () => this.#settle());
    this.#shelf = new Shelf(cache);
    this.#http = new HttpSource({
      base,
      fetch,
      gate: () => this.#gate(),
      onBytes: (bytes) => this.#traffic.add('fromCoordinator', bytes),
    });
    this.#holdings = new Holdings(send);
    this.#outputs = new Outputs({
      base,
      fetch,
      cache,
      traffic: this.#traffic,
      send,
      mayUpload: () => this.#mayUpload.passed,
    });
    this.#seeker = new Seeker({
      send,
      have: (blob) => this.#transfers.shelved(blob)?.have.bits.slice() ?? null,
      isInput: (blob) => this.#inputs.has(blob),
      dispatch,
    });
    this.#sessions = new Sessions({
      now,
      coordinatorTime: () => now() + this.#clockOffset,
      links: () => this.#membership?.links ?? null,
      standing: () => (this.#withoutPeers() === null ? (this.#membership?.standing ?? null) : null),
      catalogue: this.#catalogue,
      traffic: this.#traffic,
      uploads: () => this.#uploads,
      lengthOf: (blob, chunk) => this.#lengthOf(blob, chunk),
      dispatch,
      onChunk: (peer, blob, chunk, bytes) =>
        void this.#transfers.received(peer, blob, chunk, bytes),
    });
    this.#uploads = new Uploads({
      now,
      traffic: this.#traffic,
      read: (blob, chunk) => this.#readForPeer(blob, chunk),
      send: (peer, frame) => this.#sessions.send(peer, frame),
      onSent: (peer, bytes) => this.#sessions.sent(peer, bytes),
    });
    this.#membership =
      options.createLinks &&
      new Membership({
        base,
        createLinks: options.createLinks,
        send,
        events: {
          onOpen: (peer) => this.#sessions.opened(peer),
          onMessage: (peer, message) => this.#sessions.receive(peer, message),
          onClosed: (peer) => this.#sessions.closed(peer),
        },
        onChange: () => this.#settle(),
      });
    this.#transfers = new Transfers({
      now,
      shelf: this.#shelf,
      catalogue: this.#catalogue,
      http: this.#http,
      gate: () => this.#gate(),
      dispatch,
      onHere: (blob) => this.#announce(blob),
    });
    this.#exchange = new ExchangeDriver({
      now,
      random,
      maxPeers: MAX_PEERS,
      seeker: this.#seeker,
      sessions: this.#sessions,
      transfers: this.#transfers,
      accuse: (accusation) => void send({ type: 'accuse', ...accusation }),
    });
    cache.onEvicted = (blobs) => this.#evicted(blobs);
    this.#traffic.setCap(options.data.capMiB === null ? null : options.data.capMiB * MIB);
    this.#timer = setInterval(() => this.#tend(), TRAFFIC_MS);
    this.#restored = this.#restore();
    this.#settle();
  }

  addJob(job: JobView): void {
    for (const { id } of job.blobs) this.#inputs.add(id);
    this.#catalogue.addJob(job.id, job.blobs);
    for (const ref of job.blobs) void this.#offer(job.id, ref);
    this.#settle();
  }

  removeJob(job: string): void {
    this.#catalogue.removeJob(job);
    this.#transfers.removeJob();
  }

  whole(id: BlobId): Promise<Uint8Array<ArrayBuffer>> {
    return this.#held.get(id, async () => {
      const ref = this.#catalogue.ref(id);
      const job = this.#catalogue.jobOf(id);
      if (ref && job) return checked(id, await this.#transfers.fetch(job, ref, allChunks(ref)));
      const kept = await this.#shelf.readKept(id);
      if (kept && (await nameOf(kept)) === id) return kept;
      const bytes = await checked(id, await this.#http.read(id));
      // Whoever waits for it does not wait for the disk.
      void this.#shelf.keep(bytes).catch(() => {});
      return bytes;
    });
  }

  async part(id: BlobId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.peek(id);
    if (held) return held.slice(start, end);
    const ref = this.#catalogue.ref(id);
    const job = this.#catalogue.jobOf(id);
    if (!ref || !job) return this.#http.read(id, { start, end });
    const range = chunksOf(start, end);
    const bytes = await this.#transfers.fetch(job, ref, range);
    return bytes.slice(range.offset, range.offset + end - start);
  }

  async referred(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    this.#catalogue.addBlob(job, ref);
    this.#settle();
    return this.#held.get(ref.id, async () =>
      checked(ref.id, await this.#transfers.fetch(job, ref, allChunks(ref))),
    );
  }

  async keepOutput(job: string, bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef> {
    const { ref } = await this.#outputs.keep(job, bytes);
    await this.#serveOutput(job, ref);
    // The result that refers to it follows at once.
    this.#holdings.flush();
    return ref;
  }

  /** What the coordinator says about data. */
  receive(frame: SwarmCoordinatorFrame): void {
    switch (frame.type) {
      case 'entered':
        this.#membership?.entered(frame);
        this.#exchange.dispatch({ type: 'entered' });
        break;
      case 'found':
        this.#seeker.found(frame);
        break;
      case 'deposit':
        this.#outputs.deposit(frame);
        break;
      case 'release':
        for (const blob of this.#outputs.release(frame.blobs)) this.#announce(blob);
        break;
    }
    this.#settle();
  }

  /** What the coordinator could not use; whether that was about data. */
  refused(code: string): boolean {
    if (code === 'SWARM_OFF') this.#membership?.refused();
    else if (code === 'PEER_TAKEN') this.#membership?.announceLater();
    return code.startsWith('SWARM_') || code === 'PEER_TAKEN';
  }

  /** The coordinator has taken this node in. @param time milliseconds since 1970, there */
  joined(time: number): void {
    this.#joined = true;
    this.#clockOffset = time - this.#options.now();
    void this.#restored.then(() => {
      this.#membership?.announce();
      this.#holdings.tellAll();
      this.#settle();
    });
  }

  disconnected(): void {
    this.#joined = false;
  }

  /** While nothing may run here nothing moves either: the device is the contributor's. */
  setQuiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#settle();
  }

  setData(data: DataSettings): void {
    this.#data = data;
    this.#traffic.setCap(data.capMiB === null ? null : data.capMiB * MIB);
    this.#options.cache.setQuota(data.cacheMiB * MIB).catch(() => {});
    this.#settle();
  }

  async emptyCache(): Promise<void> {
    await this.#options.cache.empty().catch(() => {});
    this.#options.onChange();
  }

  /** Hands over what only this node has, as far as somebody needs it; in bounded time. */
  parting(): Promise<void> {
    return this.#outputs.part();
  }

  view(): SwarmView {
    const { fromPeers, toPeers, fromCoordinator, toCoordinator } = this.#traffic.totals;
    return {
      withoutPeers: this.#withoutPeers(),
      reachable: this.#membership?.reachable ?? false,
      peers: this.#sessions.view(),
      fromPeers,
      toPeers,
      fromCoordinator,
      toCoordinator,
      downloads: this.#transfers.view(),
      cache: this.#options.cache.usage(),
      day: { bytes: this.#traffic.day().bytes, capBytes: this.#traffic.capBytes },
    };
  }

  /** Ends everything; resolves when the cache is written. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#http.stop();
    this.#transfers.stop();
    this.#exchange.stop();
    this.#seeker.stop();
    this.#outputs.stop();
    this.#holdings.stop();
    this.#membership?.leave();
    this.#held.clear();
    await Promise.all([this.#saveDay(), this.#options.cache.close().catch(() => {})]);
  }

  /** What earlier visits left: the day's count, and outputs that are not to be lost. */
  async #restore(): Promise<void> {
    const day = await this.#options.dayStorage.loadDay().catch(() => null);
    if (day) this.#traffic.restore(day);
    for (const { job, ref } of await this.#shelf.keptOutputs()) {
      this.#outputs.restore(job, ref);
      await this.#serveOutput(job, ref);
    }
    this.#settle();
  }

  /** A large blob of a job: what an earlier visit left of it is served at once. */
  async #offer(job: string, ref: BlobRef): Promise<void> {
    const isHere = this.#transfers.shelved(ref.id) ?? (await this.#shelf.kept(ref.id));
    if (!isHere || this.#stopped) return;
    await this.#transfers.join(job, ref);
    this.#announce(ref.id);
  }

  async #serveOutput(job: string, ref: BlobRef): Promise<void> {
    await this.#transfers.join(job, ref);
    this.#transfers.completed(ref.id);
    this.#announce(ref.id);
    this.#settle();
  }

  #announce(blob: BlobId): void {
    const shelved = this.#transfers.shelved(blob);
    const job = this.#catalogue.jobOf(blob);
    if (!shelved || !job || shelved.have.count === 0) return;
    const output = this.#outputs.has(blob);
    this.#holdings.set({ job, ref: shelved.ref, chunks: shelved.have.count, output });
    this.#options.onChange();
  }

  #evicted(blobs: readonly BlobId[]): void {
    for (const blob of blobs) {
      this.#transfers.evicted(blob);
      this.#holdings.delete(blob);
    }
    this.#options.onChange();
  }

  #lengthOf(blob: BlobId, chunk: number): number | null {
    const shelved = this.#transfers.shelved(blob);
    if (!shelved) return null;
    if (chunk === MANIFEST_CHUNK) return shelved.manifest?.length ?? null;
    if (!shelved.have.has(chunk)) return null;
    const { start, end } = chunkRange(shelved.ref.bytes, chunk);
    return end - start;
  }

  async #readForPeer(blob: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const shelved = this.#transfers.shelved(blob);
    if (!shelved) return null;
    if (chunk === MANIFEST_CHUNK) return shelved.manifest;
    const bytes = await this.#shelf.read(shelved, chunk);
    if (!bytes) this.#exchange.dispatch({ type: 'lost', blob, chunks: [chunk] });
    return bytes;
  }

  /** @throws ManyhandsError `DATA_CAP` */
  #gate(): void {
    if (this.#traffic.atCap) throw atCap();
    // The day has turned.
    if (this.#capped) this.#settle();
  }

  #withoutPeers(): WithoutPeers | null {
    if (!this.#data.peers) return 'chosen';
    if (!this.#membership) return 'no-webrtc';
    if (this.#traffic.atCap) return 'data-cap';
    if (this.#options.saveData) return 'save-data';
    return this.#membership.failed ? 'unreachable' : null;
  }

  /** Whether there is anything to exchange with peers. */
  get #isNeeded(): boolean {
    return this.#transfers.size > 0 || this.#outputs.size > 0 || this.#inputs.size > 0;
  }

  /** Whatever the settings, the cap, the buttons and the connections now ask for. */
  #settle(): void {
    if (this.#stopped) return;
    const without = this.#withoutPeers();
    const capped = this.#traffic.atCap;
    this.#capped = capped;
    const upload = without === null && !this.#quiet;
    this.#uploads.allow(upload);
    this.#exchange.setMode(without === null, upload);
    this.#transfers.setQuiet(this.#quiet || capped);
    if (capped) this.#transfers.failAll(atCap());
    this.#mayUpload.set(!this.#quiet && !capped);
    if (without !== null) this.#sessions.closeAll();
    if (without !== null && without !== 'unreachable') this.#membership?.leave();
    else if (this.#isNeeded && this.#joined && !this.#quiet) this.#membership?.enter();
    if (this.#anyOutputs !== this.#outputs.size > 0) {
      this.#anyOutputs = this.#outputs.size > 0;
      this.#options.onOutputs(this.#anyOutputs);
    }
    this.#options.onChange();
  }

  #tend(): void {
    this.#sessions.tend();
    const report = this.#joined ? this.#traffic.sinceReport() : null;
    if (report) {
      this.#options.send({ type: 'traffic', ...report });
      void this.#saveDay();
    }
    // The day may have turned.
    this.#settle();
  }

  #saveDay(): Promise<void> {
    return this.#options.dayStorage.saveDay(this.#traffic.day()).catch(() => {});
  }
}

async function nameOf(bytes: Uint8Array<ArrayBuffer>): Promise<BlobId> {
  return toHex(await digestOf(bytes));
}

/** @throws ManyhandsError `BLOB_MISMATCH` */
async function checked(
  id: BlobId,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if ((await nameOf(bytes)) === id) return bytes;
  throw new ManyhandsError(
    'BLOB_MISMATCH',
    'A downloaded file is not the one that was asked for. It was damaged or exchanged on its way.',
    { blob: id },
  );
}

function atCap(): ManyhandsError {
  return new ManyhandsError(
    'DATA_CAP',
    'The data cap for today is reached. Downloads go on tomorrow, or when you raise it.',
  );
}
