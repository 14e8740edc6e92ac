import { UploadQueue, type UploadRequest } from '../core/upload-queue.ts';
import {
  READS_AHEAD_PER_PEER,
  UPLOAD_BYTES_PER_PEER,
  UPLOADS_AT_ONCE,
  UPLOADS_WAITING_PER_PEER,
} from '../limits.ts';
import type { TrafficCount } from '../traffic.ts';
import type { PeerFrame } from './peer-frames.ts';

export interface UploadsOptions {
  now: () => number;
  traffic: TrafficCount;
  /** The bytes asked for; null where they are not here (any more). */
  read: (blob: string, chunk: number) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Resolves when the frame has left and there is room for the next. */
  send: (peer: string, frame: PeerFrame) => Promise<void>;
  onSent: (peer: string, bytes: number) => void;
}

/** Answers what peers ask for, in the order that the queue says. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #queue = new UploadQueue({
    waitingPerPeer: UPLOADS_WAITING_PER_PEER,
    sending: UPLOADS_AT_ONCE,
    bytesPerPeer: UPLOAD_BYTES_PER_PEER,
    bytesPerSecond: null,
  });
  /** Reads begun while an answer before them is sent, by peer, then by request: so no line stands idle. */
  readonly #reads = new Map<string, Map<number, Promise<Uint8Array<ArrayBuffer> | null>>>();
  #allowed = true;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Nothing further leaves while it is not allowed; what waits is refused in its turn. */
  allow(allowed: boolean): void {
    this.#allowed = allowed;
  }

  add(request: UploadRequest): void {
    const refused = this.#allowed ? this.#queue.add(request) : 'busy';
    if (refused === 'queued') {
      this.#readAhead(request);
      this.#serve();
    } else this.#refuse(request, refused);
  }

  cancel(peer: string, request: number): void {
    this.#queue.cancel(peer, request);
    const reads = this.#reads.get(peer);
    // The disk is busy with it all the same: until it is read, no other is begun in its place.
    const over = () => reads?.delete(request);
    reads?.get(request)?.then(over, over);
  }

  remove(peer: string): void {
    this.#queue.remove(peer);
    this.#reads.delete(peer);
    this.#serve();
  }

  #serve(): void {
    const { now } = this.#options;
    for (let next = this.#queue.next(now()); next; next = this.#queue.next(now()))
      void this.#answer(next);
  }

  async #answer(request: UploadRequest): Promise<void> {
    const { peer } = request;
    try {
      const bytes = this.#allowed ? await this.#read(request) : null;
      if (!this.#allowed) this.#refuse(request, 'busy');
      else if (!bytes) this.#refuse(request, 'absent');
      else {
        this.#options.traffic.add('toPeers', bytes.length);
        this.#options.onSent(peer, bytes.length);
        await this.#options.send(peer, { type: 'chunk', request: request.request, bytes });
      }
    } catch {
      // The link is going: its end is told elsewhere.
    }
    this.#reads.get(peer)?.delete(request.request);
    this.#queue.sent(peer);
    this.#serve();
  }

  #readAhead({ peer, request, blob, chunk }: UploadRequest): void {
    const reads =
      this.#reads.get(peer) ?? new Map<number, Promise<Uint8Array<ArrayBuffer> | null>>();
    if (reads.size >= READS_AHEAD_PER_PEER || reads.has(request)) return;
    const read = this.#options.read(blob, chunk);
    read.catch(() => {});
    this.#reads.set(peer, reads.set(request, read));
  }

  #read({ peer, request, blob, chunk }: UploadRequest): Promise<Uint8Array<ArrayBuffer> | null> {
    const reads = this.#reads.get(peer);
    const ahead = reads?.get(request);
    reads?.delete(request);
    return ahead ?? this.#options.read(blob, chunk);
  }

  #refuse({ peer, request }: UploadRequest, reason: 'absent' | 'busy' | 'limit'): void {
    this.#options.send(peer, { type: 'refuse', request, reason }).catch(() => {});
  }
}
