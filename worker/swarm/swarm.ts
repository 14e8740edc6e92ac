import { chunkCount } from '../../shared/blob/chunks.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { SwarmCoordinatorFrame } from '../../shared/protocol/frames.ts';
import type { Blobs } from './blobs.ts';
import { Gate } from './gate.ts';
import { TRAFFIC_MS } from './limits.ts';
import type { SwarmOptions } from './swarm-options.ts';
import { assembleSwarm, type SwarmParts } from './swarm-parts.ts';
import type { DataSettings, SwarmView, WithoutPeers } from './swarm-view.ts';
import { Reading } from './transfers/reading.ts';

const MIB = 1024 * 1024;

/**
 * The data that a node needs and has: from the cache, from peers, from the coordinator. Puts the
 * parts together; each of them has one duty.
 */
export class Swarm implements Blobs {
  readonly #options: SwarmOptions;
  readonly #parts: SwarmParts;
  readonly #inputs = new Set<BlobId>();
  readonly #reading: Reading;
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
    this.#data = options.data;
    this.#parts = assembleSwarm(options, {
      send: (frame) => this.#joined && options.send(frame),
      gate: () => this.#gate(),
      mayUpload: () => this.#mayUpload.passed,
      coordinatorTime: () => options.now() + this.#clockOffset,
      isInput: (blob) => this.#inputs.has(blob),
      mayMeet: () => this.#withoutPeers() === null,
      onHere: (blob) => this.#announce(blob),
      onChange: () => this.#settle(),
    });
    this.#reading = new Reading(this.#parts);
    options.cache.onEvicted = (blobs) => this.#evicted(blobs);
    this.#parts.traffic.setCap(options.data.capMiB === null ? null : options.data.capMiB * MIB);
    this.#timer = setInterval(() => this.#tend(), TRAFFIC_MS);
    this.#restored = this.#restore();
    this.#settle();
  }

  addJob(job: JobView): void {
    for (const { id } of job.blobs) this.#inputs.add(id);
    this.#parts.catalogue.addJob(job.id, job.blobs);
    for (const ref of job.blobs) void this.#offer(job.id, ref);
    this.#settle();
  }

  removeJob(job: string): void {
    this.#parts.catalogue.removeJob(job);
    this.#parts.transfers.removeJob();
    for (const { id } of this.#parts.catalogue.of(job)) this.#forgetAbsent(id);
  }

  whole(id: BlobId): Promise<Uint8Array<ArrayBuffer>> {
    return this.#reading.whole(id);
  }

  part(id: BlobId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#reading.part(id, start, end);
  }

  referred(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#reading.referred(job, ref);
    this.#settle();
    return bytes;
  }

  async keepOutput(job: string, bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef> {
    const { ref } = await this.#parts.outputs.keep(job, bytes);
    this.#holdOutput(job, ref);
    // The result that refers to it follows at once.
    this.#parts.holdings.flush();
    return ref;
  }

  /** What the coordinator says about data. */
  receive(frame: SwarmCoordinatorFrame): void {
    switch (frame.type) {
      case 'entered':
        this.#parts.membership?.entered(frame);
        this.#parts.exchange.dispatch({ type: 'entered' });
        break;
      case 'found':
        this.#parts.seeker.found(frame);
        break;
      case 'deposit':
        this.#parts.outputs.deposit(frame);
        break;
      case 'decided':
        for (const { job, ref } of this.#parts.outputs.decided(frame.blobs))
          void this.#serveOutput(job, ref);
        break;
      case 'release':
        this.#release(frame.blobs);
        break;
    }
    this.#settle();
  }

  /** What the coordinator could not use; whether that was about data. */
  refused(code: string): boolean {
    if (code === 'SWARM_OFF') this.#parts.membership?.refused();
    else if (code === 'PEER_TAKEN') this.#parts.membership?.announceLater();
    return code.startsWith('SWARM_') || code === 'PEER_TAKEN';
  }

  /** The coordinator has taken this node in. @param time milliseconds since 1970, there */
  joined(time: number): void {
    this.#joined = true;
    this.#clockOffset = time - this.#options.now();
    void this.#restored.then(() => {
      this.#parts.membership?.announce();
      this.#parts.holdings.tellAll();
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
    this.#parts.traffic.setCap(data.capMiB === null ? null : data.capMiB * MIB);
    this.#options.cache.setQuota(data.cacheMiB * MIB).catch(() => {});
    this.#settle();
  }

  async emptyCache(): Promise<void> {
    await this.#options.cache.empty().catch(() => {});
    this.#options.onChange();
  }

  /** Hands over what only this node has, as far as somebody needs it; in bounded time. */
  parting(): Promise<void> {
    return this.#parts.outputs.part();
  }

  view(): SwarmView {
    const { fromPeers, toPeers, fromCoordinator, toCoordinator } = this.#parts.traffic.totals;
    return {
      withoutPeers: this.#withoutPeers(),
      reachable: this.#parts.membership?.reachable ?? false,
      peers: this.#parts.sessions.view(),
      fromPeers,
      toPeers,
      fromCoordinator,
      toCoordinator,
      downloads: this.#parts.transfers.view(),
      cache: this.#options.cache.usage(),
      day: { bytes: this.#parts.traffic.day().bytes, capBytes: this.#parts.traffic.capBytes },
    };
  }

  /** Ends everything; resolves when the cache is written. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#parts.http.stop();
    this.#parts.transfers.stop();
    this.#parts.exchange.stop();
    this.#parts.seeker.stop();
    this.#parts.outputs.stop();
    this.#parts.holdings.stop();
    this.#parts.membership?.leave();
    this.#reading.clear();
    await Promise.all([this.#saveDay(), this.#options.cache.close().catch(() => {})]);
  }

  /** What earlier visits left: the day's count, and outputs that are not to be lost. */
  async #restore(): Promise<void> {
    const day = await this.#options.dayStorage.loadDay().catch(() => null);
    if (day) this.#parts.traffic.restore(day);
    for (const { job, ref } of await this.#parts.shelf.keptOutputs()) {
      this.#parts.outputs.restore(job, ref);
      this.#holdOutput(job, ref);
    }
    this.#settle();
  }

  /** A large blob of a job: what an earlier visit left of it is served at once. */
  async #offer(job: string, ref: BlobRef): Promise<void> {
    const isHere = this.#parts.transfers.shelved(ref.id) ?? (await this.#parts.shelf.kept(ref.id));
    if (!isHere || this.#stopped) return;
    await this.#parts.transfers.join(job, ref);
    this.#announce(ref.id);
  }

  /**
   * Tells the coordinator, and nobody else, that an output is here: before the verdict it would tell
   * another node of the same shard what to answer.
   */
  #holdOutput(job: string, ref: BlobRef): void {
    this.#parts.holdings.set({ job, ref, chunks: chunkCount(ref.bytes), output: true });
    this.#settle();
  }

  /** Peers may have an output from here on. */
  async #serveOutput(job: string, ref: BlobRef): Promise<void> {
    await this.#parts.transfers.join(job, ref);
    this.#parts.transfers.completed(ref.id);
    this.#announce(ref.id);
    this.#settle();
  }

  #announce(blob: BlobId): void {
    const shelved = this.#parts.transfers.shelved(blob);
    const job = this.#parts.catalogue.jobOf(blob);
    if (!shelved || !job || shelved.have.count === 0) return;
    const output = this.#parts.outputs.has(blob);
    this.#parts.holdings.set({ job, ref: shelved.ref, chunks: shelved.have.count, output });
    this.#options.onChange();
  }

  /** What was served stays for as long as there is room; what never was is of no use to anybody. */
  #release(blobs: readonly BlobId[]): void {
    for (const blob of this.#parts.outputs.release(blobs))
      if (this.#parts.transfers.shelved(blob)) this.#announce(blob);
      else this.#parts.holdings.delete(blob);
  }

  #evicted(blobs: readonly BlobId[]): void {
    for (const blob of blobs) {
      this.#parts.transfers.evicted(blob);
      this.#parts.holdings.delete(blob);
      this.#forgetAbsent(blob);
    }
    this.#options.onChange();
  }

  /** A long life must not fill the memory with blobs that were here once. */
  #forgetAbsent(blob: BlobId): void {
    const { catalogue, transfers } = this.#parts;
    const job = catalogue.jobOf(blob);
    if (transfers.shelved(blob) || (job !== null && catalogue.isActive(job))) return;
    catalogue.forget(blob);
    this.#inputs.delete(blob);
  }

  /** @throws ManyhandsError `DATA_CAP` */
  #gate(): void {
    if (this.#parts.traffic.atCap) throw atCap();
    // The day has turned.
    if (this.#capped) this.#settle();
  }

  #withoutPeers(): WithoutPeers | null {
    if (!this.#data.peers) return 'chosen';
    if (!this.#parts.membership) return 'no-webrtc';
    if (this.#parts.traffic.atCap) return 'data-cap';
    if (this.#options.saveData) return 'save-data';
    return this.#parts.membership.failed ? 'unreachable' : null;
  }

  /** Whether there is anything to exchange with peers. */
  get #isNeeded(): boolean {
    return this.#parts.transfers.size > 0 || this.#parts.outputs.size > 0 || this.#inputs.size > 0;
  }

  /** Whatever the settings, the cap, the buttons and the connections now ask for. */
  #settle(): void {
    if (this.#stopped) return;
    const without = this.#withoutPeers();
    const capped = this.#parts.traffic.atCap;
    this.#capped = capped;
    const upload = without === null && !this.#quiet;
    this.#parts.uploads.allow(upload);
    this.#parts.exchange.setMode(without === null, upload);
    this.#parts.transfers.setQuiet(this.#quiet || capped);
    if (capped) this.#parts.transfers.failAll(atCap());
    this.#mayUpload.set(!this.#quiet && !capped);
    if (without !== null) this.#parts.sessions.closeAll();
    if (without !== null && without !== 'unreachable') this.#parts.membership?.leave();
    else if (this.#isNeeded && this.#joined && !this.#quiet) this.#parts.membership?.enter();
    if (this.#anyOutputs !== this.#parts.outputs.size > 0) {
      this.#anyOutputs = this.#parts.outputs.size > 0;
      this.#options.onOutputs(this.#anyOutputs);
    }
    this.#options.onChange();
  }

  #tend(): void {
    this.#parts.sessions.tend();
    const report = this.#joined ? this.#parts.traffic.sinceReport() : null;
    if (report) {
      this.#options.send({ type: 'traffic', ...report });
      void this.#saveDay();
    }
    // The day may have turned.
    this.#settle();
  }

  #saveDay(): Promise<void> {
    return this.#options.dayStorage.saveDay(this.#parts.traffic.day()).catch(() => {});
  }
}

function atCap(): ManyhandsError {
  return new ManyhandsError(
    'DATA_CAP',
    'The data cap for today is reached. Downloads go on tomorrow, or when you raise it.',
  );
}
