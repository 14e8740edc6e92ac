import { ChunkSet } from '../../shared/blob/chunk-set.ts';
import { chunkCount, chunkRange } from '../../shared/blob/chunks.ts';
import { manifestBytes } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { MAX_PEERS } from '../../shared/protocol/limits.ts';
import type { ExchangeEffect, ExchangeEvent } from '../../worker/swarm/core/events.ts';
import { Exchange } from '../../worker/swarm/core/exchange.ts';
import { MAX_WINDOW, MIN_WINDOW } from '../../worker/swarm/core/limits.ts';
import { UploadQueue, type UploadRequest } from '../../worker/swarm/core/upload-queue.ts';
import { MANIFEST_CHUNK } from '../../worker/swarm/peers/peer-frames.ts';
import type { Person } from './people.ts';
import { JOB, type SimulatedSwarm } from './simulated-swarm.ts';

/** Requests that one peer may have waiting here: as many as it may have in flight. */
const WAITING_PER_PEER = 2 * MAX_WINDOW;

/** One node: the real exchange and upload queue, on a line of so many bytes a millisecond. */
export class SimulatedNode {
  readonly number: number;
  readonly id: string;
  readonly person: Person;
  readonly links = new Set<SimulatedNode>();
  online = true;
  /** Bytes that left for peers. */
  uploaded = 0;
  finishedAt: number | null = null;
  readonly #swarm: SimulatedSwarm;
  readonly #exchange: Exchange;
  readonly #uploads: UploadQueue;
  #upFreeAt = 0;
  #downFreeAt = 0;
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(swarm: SimulatedSwarm, number: number, person: Person, random: () => number) {
    this.#swarm = swarm;
    this.number = number;
    this.id = String(number);
    this.person = person;
    this.#exchange = new Exchange({
      maxPeers: MAX_PEERS,
      minWindow: MIN_WINDOW,
      maxWindow: MAX_WINDOW,
      random,
    });
    // One at a time: the line is what they would share.
    this.#uploads = new UploadQueue({
      waitingPerPeer: WAITING_PER_PEER,
      sending: 1,
      bytesPerPeer: Number.POSITIVE_INFINITY,
      bytesPerSecond: null,
    });
  }

  start(blob: BlobRef): void {
    if (this.person.httpOnly) this.tell({ type: 'mode', peers: false, upload: false });
    this.tell({ type: 'join', job: JOB, blob, have: null });
    const ranges = [{ first: 0, count: chunkCount(blob.bytes) }];
    this.tell({ type: 'want', blob: blob.id, ranges, urgent: true });
  }

  /** Bits of what is here. */
  have(): Uint8Array {
    const { id, bytes } = this.#swarm.blob;
    const here = new ChunkSet(chunkCount(bytes));
    for (let chunk = 0; chunk < here.size; chunk++)
      if (this.#exchange.has(id, chunk)) here.add(chunk);
    return here.bits;
  }

  tell(event: ExchangeEvent): void {
    if (!this.online) return;
    for (const effect of this.#exchange.handle(event, this.#swarm.now)) this.#carryOut(effect);
  }

  /** When the last of so many bytes is here, if the other end has sent them by `sentAt`. */
  receive(bytes: number, sentAt: number): number {
    const took = bytes / this.person.down;
    this.#downFreeAt = Math.max(this.#downFreeAt, sentAt - took) + took;
    return this.#downFreeAt;
  }

  asked(request: UploadRequest, by: SimulatedNode): void {
    const said = this.#exchange.has(request.blob, request.chunk)
      ? this.#uploads.add(request)
      : 'absent';
    if (said === 'queued') this.#upload();
    else this.#swarm.refuse(this, by, request.chunk, said);
  }

  cancelled(by: SimulatedNode, chunk: number): void {
    this.#uploads.cancel(by.id, chunk);
  }

  unlink(other: SimulatedNode): void {
    this.links.delete(other);
    this.#uploads.remove(other.id);
    this.tell({ type: 'unlinked', peer: other.id });
  }

  #upload(): void {
    const { now } = this.#swarm;
    const request = this.online ? this.#uploads.next(now) : null;
    if (!request) return;
    this.uploaded += request.bytes;
    this.#upFreeAt = Math.max(this.#upFreeAt, now) + request.bytes / this.person.up;
    this.#swarm.sendChunk(this, request, this.#upFreeAt);
    this.#swarm.at(this.#upFreeAt, () => {
      this.#uploads.sent(request.peer);
      this.#upload();
    });
  }

  #carryOut(effect: ExchangeEffect): void {
    const swarm = this.#swarm;
    switch (effect.type) {
      case 'wake':
        this.#wake(effect.at);
        break;
      case 'seek':
        swarm.seek(this, effect);
        break;
      case 'dial':
        swarm.dial(this, effect.peer);
        break;
      case 'hang-up':
        swarm.hangUp(this, effect.peer);
        break;
      case 'get':
        swarm.get(this, effect.peer, effect.chunk);
        break;
      case 'cancel':
        swarm.cancel(this, effect.peer, effect.chunk);
        break;
      case 'download':
        swarm.download(this, effect.range);
        break;
      case 'tell-has':
        swarm.tellHas(this, effect.peer, effect.have);
        break;
      case 'tell-got':
        swarm.tellGot(this, effect.peer, effect.chunks);
        break;
      case 'satisfied':
        this.finishedAt ??= swarm.now;
        swarm.holdsAll(this);
        break;
    }
  }

  #wake(at: number): void {
    this.#wakeAt = at;
    this.#swarm.at(at, () => {
      if (this.#wakeAt === at) this.tell({ type: 'tick' });
    });
  }
}

/** Length of a chunk, or of the manifest. */
export function bytesOf(blob: BlobRef, chunk: number): number {
  if (chunk === MANIFEST_CHUNK) return manifestBytes(blob.bytes);
  const { start, end } = chunkRange(blob.bytes, chunk);
  return end - start;
}
