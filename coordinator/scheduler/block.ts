import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import type { Lease } from './lease.ts';
import type { Lineages } from './lineages.ts';
import { Participants } from './participants.ts';

/** 32-bit words of a digest: digests are compared by words. */
export const DIGEST_WORDS = DIGEST_BYTES / 4;

/** Where a shard stands. A shard that nobody was asked to run is undecided, too. */
export const UNDECIDED = 0;
export const DONE = 1;
export const FAILED = 2;

/** An answer that differs from a shard's first one. */
export interface OtherAnswer {
  digest: Int32Array;
  votes: number;
}

/**
 * A claimed block: columns with one place for each of its shards, numbered within the block. All
 * that it says except leases and what was noted of nodes can be had again from its submissions.
 */
export class Block {
  readonly job: number;
  readonly number: number;
  /** First shard, numbered within the job. */
  readonly first: number;
  readonly count: number;
  /** Runs that are remembered for each shard: the most that may be attempted. */
  readonly slots: number;

  readonly state: Uint8Array;
  /** Runs that came back. */
  readonly attempts: Uint8Array;
  /** Leases that are out. */
  readonly outstanding: Uint8Array;
  /** Leases that should be out. */
  readonly wanted: Uint8Array;
  /** Votes for the first answer. */
  readonly votes: Uint8Array;
  /** Words of the digests of the first answers; of a shard that is done, of the answer that is believed. */
  readonly firstDigests: Int32Array;
  /** Second and further answers, numbered from 2. */
  readonly others = new Map<number, OtherAnswer[]>();
  /** Participant of each run, `slots` places a shard. */
  readonly voters: Uint16Array | Uint32Array;
  /** What each run voted for: see `Tally.choices`. */
  readonly choices: Uint8Array;
  readonly participants = new Participants();
  /** Runs of the job's shards that left checkpoints; they outlive the block. */
  readonly lineages: Lineages;

  readonly leases = new Set<Lease>();
  /** Room to mark shards in, for a moment. */
  readonly marks: Uint8Array;
  undecided: number;
  done = 0;
  failed = 0;
  /** Undecided shards that are leased or have been run. */
  active = 0;
  /** Shards with fewer leases out than wanted. */
  open: number;
  /** No shard before this one is open. */
  openFrom = 0;
  /** Grows whenever shards become open. */
  openings = 0;
  /** Nodes that found nothing here, with `openings` at that time. */
  readonly barren = new Map<number, number>();
  /** Nodes that failed to complete a lease here, with the time until which they get no other. */
  readonly avoided = new Map<number, number>();

  constructor(
    job: number,
    number: number,
    first: number,
    count: number,
    slots: number,
    initial: number,
    lineages: Lineages,
  ) {
    this.lineages = lineages;
    this.job = job;
    this.number = number;
    this.first = first;
    this.count = count;
    this.slots = slots;
    this.state = new Uint8Array(count);
    this.attempts = new Uint8Array(count);
    this.outstanding = new Uint8Array(count);
    this.wanted = new Uint8Array(count).fill(initial);
    this.votes = new Uint8Array(count);
    this.firstDigests = new Int32Array(count * DIGEST_WORDS);
    const places = count * slots;
    this.voters = places < 0xffff ? new Uint16Array(places) : new Uint32Array(places);
    this.choices = new Uint8Array(places);
    this.marks = new Uint8Array(count);
    this.undecided = count;
    this.open = count;
  }

  isOpen(shard: number): boolean {
    return this.outstanding[shard] < this.wanted[shard];
  }

  /** A node is gone and its number is not used again. */
  forgetNode(node: number): void {
    this.barren.delete(node);
    this.avoided.delete(node);
  }

  /** Whether a run of the shard by this node (as participants number it) came back. */
  hasRun(k: number, node: number): boolean {
    const start = k * this.slots;
    for (let place = start; place < start + this.attempts[k]; place++)
      if (this.participants.nodes[this.voters[place]] === node) return true;
    return false;
  }

  /** A lease for `from .. to - 1` goes out. */
  lend(from: number, to: number): void {
    const { outstanding, wanted, attempts, state } = this;
    for (let k = from; k < to; k++) {
      const out = outstanding[k];
      if (out === 0 && attempts[k] === 0 && state[k] === UNDECIDED) this.active++;
      outstanding[k] = out + 1;
      if (out + 1 === wanted[k]) this.open--;
    }
  }

  /** A lease for this shard is over, with a result or without one. */
  takeBack(k: number): void {
    const out = --this.outstanding[k];
    if (out + 1 === this.wanted[k]) this.#opened(k);
    if (out === 0 && this.attempts[k] === 0 && this.state[k] === UNDECIDED) this.active--;
  }

  /** A run came back; it takes the next of the shard's places. What follows from it is set by `settle`. */
  record(k: number, voter: number, choice: number): void {
    const attempts = this.attempts[k];
    if (attempts === 0 && this.outstanding[k] === 0 && this.state[k] === UNDECIDED) this.active++;
    const place = k * this.slots + attempts;
    this.voters[place] = voter;
    this.choices[place] = choice;
    this.attempts[k] = attempts + 1;
  }

  /** After a run was recorded: its lease, if one was out, is over, and `replicas` should be out. */
  settle(k: number, leased: boolean, replicas: number): void {
    const wasOpen = this.isOpen(k);
    if (leased) this.outstanding[k]--;
    this.wanted[k] = replicas;
    const isOpen = this.isOpen(k);
    if (isOpen && !wasOpen) this.#opened(k);
    else if (wasOpen && !isOpen) this.open--;
  }

  /** A shard's verdict, or that it was given up; nothing more of it should be out. */
  decide(k: number, state: typeof DONE | typeof FAILED): void {
    this.state[k] = state;
    this.undecided--;
    this.active--;
    if (state === DONE) this.done++;
    else this.failed++;
  }

  #opened(k: number): void {
    this.open++;
    this.openings++;
    if (k < this.openFrom) this.openFrom = k;
  }
}
