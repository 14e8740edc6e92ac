import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES, chunkCount, chunkRange } from '../../../shared/blob/chunks.ts';
import { manifestBytes } from '../../../shared/blob/manifest.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { ChunkRange } from './events.ts';

/** In `#busy`: chunk is being downloaded from the coordinator. The bits below count peers asked. */
const DOWNLOADING = 0x10;
const PEERS_ASKED = 0x0f;

/** One blob: what of it is here, wanted, and on its way, and how many linked peers hold each chunk. */
export class BlobState {
  readonly ref: BlobRef;
  readonly size: number;
  readonly jobs = new Set<string>();
  readonly have: ChunkSet;
  /** Wanted, not here, and asked of nobody. */
  readonly open: ChunkSet;
  /** Linked peers that hold each chunk. */
  readonly holders: Uint8Array;
  /** Wanted chunks that are not here. */
  missing = 0;
  /** Of them those that a shard waits for; null where none is. */
  urgent: ChunkSet | null = null;
  manifestHere: boolean;
  /** Who was asked for the manifest: a peer, or the coordinator (`''`); null where nobody is. */
  manifestFrom: string | null = null;
  /** Peers that failed to send it. */
  manifestFailures = 0;
  /** Chunks that came since peers were last told. */
  fresh: number[] = [];
  /** Last time anything wanted came, or since when it is wanted. */
  progressAt = 0;
  /** Last time anything came of a peer, or since when it is wanted. */
  fromPeersAt = 0;
  /** How long after `progressAt` the node counts as starved. */
  patience = 0;
  /** Seeks as a starved node since anything came of a peer. */
  starvedSeeks = 0;
  /** Whether any peer was introduced for it: before that, none can have sent anything. */
  introduced = false;
  /** When a seek was sent that is not answered; null where none is. */
  seekingSince: number | null = null;
  /** Whether it was for peers, too. */
  seekingPeers = false;
  /** What is found by that seek is out of date already: the next one follows at once. */
  seekAgain = false;
  /** No seek before these times: any, and for further peers. */
  seekAt = 0;
  peersSeekAt = 0;
  /** Whether the coordinator has it, as it last said. */
  seeded = true;
  /** Chunks that the coordinator granted, still to be downloaded. */
  grants: ChunkRange[] = [];

  readonly #wanted: ChunkSet;
  readonly #busy: Uint8Array;

  constructor(ref: BlobRef, have: Uint8Array | null) {
    this.ref = ref;
    this.size = chunkCount(ref.bytes);
    this.have = new ChunkSet(this.size, have ?? undefined);
    this.#wanted = new ChunkSet(this.size);
    this.open = new ChunkSet(this.size);
    this.holders = new Uint8Array(this.size);
    this.#busy = new Uint8Array(this.size);
    this.manifestHere = this.size <= 1;
  }

  get id(): string {
    return this.ref.id;
  }

  /** Whether the manifest fits a peer's message. */
  get manifestFromPeers(): boolean {
    return manifestBytes(this.ref.bytes) <= CHUNK_BYTES;
  }

  bytesOf(chunk: number): number {
    if (chunk === MANIFEST_CHUNK) return manifestBytes(this.ref.bytes);
    const { start, end } = chunkRange(this.ref.bytes, chunk);
    return end - start;
  }

  want(ranges: readonly ChunkRange[], urgent: boolean): void {
    for (const { first, count } of ranges)
      for (let chunk = first; chunk < Math.min(this.size, first + count); chunk++) {
        if (this.#wanted.add(chunk) && !this.have.has(chunk)) this.missing++;
        if (urgent && !this.have.has(chunk)) {
          this.urgent ??= new ChunkSet(this.size);
          this.urgent.add(chunk);
        }
        this.#sort(chunk);
      }
  }

  unwant(): void {
    for (let chunk = 0; chunk < this.size; chunk++) {
      this.#wanted.delete(chunk);
      this.open.delete(chunk);
    }
    this.missing = 0;
    this.urgent = null;
    this.grants = [];
  }

  /** A verified chunk is here. Whether it was not before. */
  arrive(chunk: number): boolean {
    if (!this.have.add(chunk)) return false;
    if (this.#wanted.has(chunk)) this.missing--;
    if (this.urgent?.delete(chunk) && this.urgent.count === 0) this.urgent = null;
    this.open.delete(chunk);
    return true;
  }

  lose(chunk: number): void {
    if (!this.have.delete(chunk)) return;
    if (this.#wanted.has(chunk)) this.missing++;
    this.#sort(chunk);
  }

  /** Peers that are asked for the chunk now. */
  asked(chunk: number): number {
    return this.#busy[chunk] & PEERS_ASKED;
  }

  ask(chunk: number): void {
    this.#busy[chunk]++;
    this.open.delete(chunk);
  }

  unask(chunk: number): void {
    if (this.asked(chunk) > 0) this.#busy[chunk]--;
    this.#sort(chunk);
  }

  download(chunk: number): void {
    this.#busy[chunk] |= DOWNLOADING;
    this.open.delete(chunk);
  }

  undownload(chunk: number): void {
    this.#busy[chunk] &= PEERS_ASKED;
    this.#sort(chunk);
  }

  /** How many open chunks no linked peer holds. */
  unheld(): number {
    let unheld = 0;
    const { bits } = this.open;
    for (let byte = 0; byte < bits.length; byte++)
      for (let left = bits[byte]; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        if (this.holders[(byte << 3) | bit] === 0) unheld++;
      }
    return unheld;
  }

  /** Bits of the open chunks that are not granted: nobody is sending them. */
  unsent(): Uint8Array<ArrayBuffer> {
    const unsent = new ChunkSet(this.size, this.open.bits);
    for (const { first, count } of this.grants)
      for (let chunk = first; chunk < first + count; chunk++) unsent.delete(chunk);
    return unsent.bits;
  }

  #sort(chunk: number): void {
    const open = this.#wanted.has(chunk) && !this.have.has(chunk) && this.#busy[chunk] === 0;
    if (open) this.open.add(chunk);
    else this.open.delete(chunk);
  }
}
