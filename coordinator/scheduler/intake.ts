import { BLOCK_SHARDS } from '../../shared/job/limits.ts';
import { GAVE_UP, isBeyondLimits, isTransient, Outcome } from '../../shared/verdict/outcome.ts';
import type { DigestCheck } from '../verification/digests.ts';
import {
  CAUGHT,
  EXCEEDED,
  isVote,
  NO_VOTE,
  newRuling,
  newTally,
  type ReplicationPolicy,
} from '../verification/policy.ts';
import { type Block, DIGEST_WORDS, DONE, FAILED, UNDECIDED } from './block.ts';
import { Credits } from './credits.ts';
import type { Results } from './events.ts';
import { isOut, type Lease } from './lease.ts';
import { VerdictCollector } from './verdicts.ts';

/** Why a result did not count. */
export interface Uncounted {
  /** This node's result for the shard is here already. */
  repeated: number;
  /** The shard has its verdict, or as many runs as it may have. */
  late: number;
  /** Another node of the same network has answered for the shard. */
  network: number;
}

/** A submission as the intake needs it. */
export interface Arrival {
  key: string;
  network: string;
  results: Results;
  /** The lease that it is for, if that is still out. */
  lease: Lease | null;
  /** Whether two nodes of one network may answer for a shard. */
  shareNetworks: boolean;
}

/**
 * Enters submissions into blocks: the same for what comes from a node and for what is replayed.
 * Results that are alike (the same runs before them, the same votes) are entered as one run of
 * shards, so that the policy is asked once for thousands of them.
 */
export class Intake {
  readonly verdicts = new VerdictCollector(BLOCK_SHARDS);
  readonly credits = new Credits();
  readonly uncounted: Uncounted = { repeated: 0, late: 0, network: 0 };
  /** Where each output of the submission begins, and the end of the last. */
  readonly starts = new Uint32Array(BLOCK_SHARDS + 1);
  /** Results that were entered. */
  counted = 0;
  /** Results whose output was not that of their digest. */
  caught = 0;

  readonly #check: DigestCheck;
  readonly #tally = newTally();
  readonly #ruling = newRuling();
  readonly #digests = new Int32Array(BLOCK_SHARDS * DIGEST_WORDS);
  readonly #digestBytes = new Uint8Array(this.#digests.buffer);
  #block!: Block;
  #policy!: ReplicationPolicy;
  #arrival!: Arrival;
  /** Place of the submission's first shard in the block. */
  #first = 0;
  /** Whether outputs came with the submission (a replayed one has none). */
  #hasOutputs = false;
  /** The sender as a participant of the block; -1 until one of its results counts. */
  #me = -1;
  /** Numbers of the sender's node and network in the block; -1 where they bar nothing. */
  #node = -1;
  #network = -1;

  constructor(check: DigestCheck) {
    this.#check = check;
  }

  /** Enters all results of a submission whose columns were checked by `isWellFormed`. */
  enter(block: Block, policy: ReplicationPolicy, arrival: Arrival): void {
    const { results } = arrival;
    this.#block = block;
    this.#policy = policy;
    this.#arrival = arrival;
    this.#first = results.first - block.first;
    this.#me = -1;
    this.#findSender();
    this.#digestBytes.set(results.digests);
    this.#hasOutputs = this.#readLengths(results) === results.outputs.length;
    this.verdicts.clear();
    this.credits.clear();
    this.uncounted.repeated = 0;
    this.uncounted.late = 0;
    this.uncounted.network = 0;
    this.counted = 0;
    this.caught = 0;
    let at = 0;
    while (at < results.count) at = this.#enterFrom(at);
  }

  #readLengths(results: Results): number {
    const { lengths, count } = results;
    const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
    let end = 0;
    for (let i = 0; i < count; i++) {
      this.starts[i] = end;
      end += view.getUint32(4 * i, true);
    }
    this.starts[count] = end;
    return end;
  }

  /** Enters the result at this place and those after it that are alike; returns the place after them. */
  #enterFrom(at: number): number {
    const block = this.#block;
    const k = this.#first + at;
    const status = this.#arrival.results.statuses[at];
    const bar = this.#bar(k);
    if (bar !== null) return this.#skip(at, bar);
    if (block.state[k] !== UNDECIDED) {
      if (block.state[k] === FAILED || isTransient(status)) return this.#skip(at, 'late');
      return this.#enterLate(at);
    }
    if (isTransient(status)) {
      const choice = isBeyondLimits(status) ? EXCEEDED : NO_VOTE;
      this.#rule(k, choice);
      return this.#apply(at, at + 1, choice);
    }
    const candidate = this.#candidate(k, at);
    let end = candidate === 1 && !block.others.has(k) ? this.#alike(at) : at + 1;
    this.#rule(k, candidate);
    if (this.#ruling.kind === 'verdict' && this.#hasOutputs) {
      end = this.#sound(at, end);
      if (end === at) {
        this.caught++;
        this.#rule(k, CAUGHT);
        return this.#apply(at, at + 1, CAUGHT);
      }
    }
    return this.#apply(at, end, candidate);
  }

  /** Why a result of this node does not count for the shard, or null where it does. */
  #bar(k: number): keyof Uncounted | null {
    const { attempts, slots, voters, participants } = this.#block;
    const runs = attempts[k];
    if (runs === 0) return null;
    const { nodes, networks } = participants;
    let bar: keyof Uncounted | null = null;
    for (let place = k * slots; place < k * slots + runs; place++) {
      const voter = voters[place];
      if (nodes[voter] === this.#node) return 'repeated';
      if (networks[voter] === this.#network) bar = 'network';
    }
    return bar ?? (runs >= slots ? 'late' : null);
  }

  #skip(at: number, reason: keyof Uncounted): number {
    this.uncounted[reason]++;
    if (this.#isLeased(at)) this.#block.takeBack(this.#first + at);
    return at + 1;
  }

  /** Whether this result's lease still counted as being out. */
  #isLeased(at: number): boolean {
    const { lease, results } = this.#arrival;
    return lease !== null && isOut(lease, results.first + at - lease.claim.first);
  }

  /** After the verdict a result changes nothing any more, but its node is told whether it agreed. */
  #enterLate(at: number): number {
    const block = this.#block;
    const k = this.#first + at;
    const agrees = sameWords(
      this.#digests,
      at * DIGEST_WORDS,
      block.firstDigests,
      k * DIGEST_WORDS,
    );
    const me = this.#participant();
    block.record(k, me, NO_VOTE);
    block.settle(k, this.#isLeased(at), 0);
    if (agrees) this.credits.agree(me, 1);
    else this.credits.reject(me, 1);
    this.counted++;
    return at + 1;
  }

  #participant(): number {
    if (this.#me >= 0) return this.#me;
    this.#me = this.#block.participants.add(this.#arrival.key, this.#arrival.network);
    this.#findSender();
    return this.#me;
  }

  #findSender(): void {
    const { participants } = this.#block;
    const { key, network, shareNetworks } = this.#arrival;
    this.#node = participants.findNode(key);
    this.#network = shareNetworks ? -1 : participants.findNetwork(network);
  }

  /** Number of the answer that this result votes for; one more than there are where it is new. */
  #candidate(k: number, at: number): number {
    const block = this.#block;
    if (block.votes[k] === 0) return 1;
    const digests = this.#digests;
    if (sameWords(digests, at * DIGEST_WORDS, block.firstDigests, k * DIGEST_WORDS)) return 1;
    const others = block.others.get(k);
    if (!others) return 2;
    const place = others.findIndex(({ digest }) =>
      sameWords(digests, at * DIGEST_WORDS, digest, 0),
    );
    return place < 0 ? others.length + 2 : place + 2;
  }

  /** The place after the last result in a row that finds its shard just as the one at `at` does. */
  #alike(at: number): number {
    const { state, attempts, votes, voters, choices, slots, others, firstDigests } = this.#block;
    const { statuses, count } = this.#arrival.results;
    const first = this.#first;
    const k = first + at;
    const runs = attempts[k];
    const agreed = votes[k];
    let end = at + 1;
    for (; end < count; end++) {
      const j = first + end;
      if (state[j] !== UNDECIDED || attempts[j] !== runs || votes[j] !== agreed) break;
      if (isTransient(statuses[end]) || (others.size > 0 && others.has(j))) break;
      let i = 0;
      while (
        i < runs &&
        voters[j * slots + i] === voters[k * slots + i] &&
        choices[j * slots + i] === choices[k * slots + i]
      )
        i++;
      if (i < runs) break;
      if (
        agreed > 0 &&
        !sameWords(this.#digests, end * DIGEST_WORDS, firstDigests, j * DIGEST_WORDS)
      )
        break;
    }
    return end;
  }

  /** The place of the first result in `at .. end - 1` whose output is not that of its digest, or `end`. */
  #sound(at: number, end: number): number {
    const { results } = this.#arrival;
    for (let i = at; i < end; i++)
      if (!this.#check.holds(results, i, this.starts[i], this.starts[i + 1])) return i;
    return end;
  }

  /** Asks the policy about shard k as it will be with this run. */
  #rule(k: number, choice: number): void {
    const block = this.#block;
    const tally = this.#tally;
    const runs = block.attempts[k];
    for (let i = 0; i < runs; i++) {
      tally.voters[i] = block.voters[k * block.slots + i];
      tally.choices[i] = block.choices[k * block.slots + i];
    }
    tally.voters[runs] = this.#participant();
    tally.choices[runs] = choice;
    tally.attempts = runs + 1;
    tally.keys = block.participants.keys;
    tally.votes[0] = block.votes[k];
    tally.candidates = block.votes[k] > 0 ? 1 : 0;
    const others = block.others.get(k);
    if (others) for (const { votes } of others) tally.votes[tally.candidates++] = votes;
    if (isVote(choice)) {
      if (choice > tally.candidates) {
        tally.candidates = choice;
        tally.votes[choice - 1] = 0;
      }
      tally.votes[choice - 1]++;
    }
    this.#policy.rule(tally, this.#ruling);
  }

  /** Enters the results `at .. end - 1`, which all vote for `choice`, and carries out the ruling. */
  #apply(at: number, end: number, choice: number): number {
    const block = this.#block;
    const ruling = this.#ruling;
    const { kind } = ruling;
    const { statuses } = this.#arrival.results;
    const replicas = kind === 'want' ? ruling.replicas : 0;
    const me = this.#participant();
    const agreed = isVote(choice) ? this.#tally.votes[choice - 1] : 0;
    for (let i = at; i < end; i++) {
      const k = this.#first + i;
      block.record(k, me, choice);
      if (agreed > 0) this.#vote(k, i, choice);
      block.settle(k, this.#isLeased(i), replicas);
      if (kind === 'verdict') {
        block.decide(k, statuses[i] === Outcome.ok ? DONE : FAILED);
        if (choice > 1) this.#believe(k, i);
        this.verdicts.add(k, i, statuses[i], agreed, ruling.confidence);
      } else if (kind === 'give-up') {
        block.decide(k, FAILED);
        this.verdicts.add(k, i, GAVE_UP, 0, 0);
      }
      if (kind !== 'want') block.others.delete(k);
    }
    this.counted += end - at;
    if (choice === CAUGHT) this.credits.reject(me, 1);
    if (kind === 'verdict') this.#judge(end - at, choice);
    return end;
  }

  #vote(k: number, at: number, choice: number): void {
    const block = this.#block;
    if (choice === 1) {
      if (block.votes[k]++ === 0) this.#believe(k, at);
      return;
    }
    const others = block.others.get(k) ?? [];
    block.others.set(k, others);
    const other = others[choice - 2];
    if (other) other.votes++;
    else {
      const word = at * DIGEST_WORDS;
      others.push({ digest: this.#digests.slice(word, word + DIGEST_WORDS), votes: 1 });
    }
  }

  /** Makes this result's answer the shard's first; after the verdict, the one that is believed. */
  #believe(k: number, at: number): void {
    const { firstDigests } = this.#block;
    for (let i = 0; i < DIGEST_WORDS; i++)
      firstDigests[k * DIGEST_WORDS + i] = this.#digests[at * DIGEST_WORDS + i];
  }

  /** Credits those whose runs led to `shards` equal verdicts. */
  #judge(shards: number, winner: number): void {
    const { attempts, voters, choices } = this.#tally;
    for (let i = 0; i < attempts; i++) {
      if (choices[i] === winner) this.credits.agree(voters[i], shards);
      else if (isVote(choices[i])) this.credits.reject(voters[i], shards);
    }
  }
}

function sameWords(a: Int32Array, i: number, b: Int32Array, j: number): boolean {
  for (let w = 0; w < DIGEST_WORDS; w++) if (a[i + w] !== b[j + w]) return false;
  return true;
}
