import { MAX_REPLICAS } from '../../shared/job/limits.ts';
import type { Replication } from '../../shared/job/spec.ts';
import { quorumPolicy } from './quorum.ts';

/**
 * What is known about one shard when a run of it has come back. One tally is filled again and
 * again, so that asking costs no allocation. Leases that are still out are not in it: a ruling must
 * come out the same when a block's submissions are replayed, and leases are forgotten then.
 */
export interface Tally {
  /** Runs that came back, of whatever outcome. */
  attempts: number;
  /** Distinct answers so far; they are numbered from 1. */
  candidates: number;
  /** Votes of candidate c at index c - 1. */
  votes: Uint8Array;
  /** Whose run the i-th was: an index into `keys`. */
  voters: Uint32Array;
  /** What the i-th run voted for: a candidate, `NO_VOTE`, `EXCEEDED` or `CAUGHT`. */
  choices: Uint8Array;
  /** Node keys that the voters stand for. */
  keys: readonly string[];
}

/** The run ended in a way that depends on the machine: an attempt, never a vote. */
export const NO_VOTE = 0;
/** The run went beyond a limit that the job itself sets (time, memory): an attempt, never a vote. */
export const EXCEEDED = 254;
/** The run's output is not the one that its digest names: the node was caught. */
export const CAUGHT = 255;

/** Whether a choice is a candidate's number. */
export function isVote(choice: number): boolean {
  return choice !== NO_VOTE && choice < EXCEEDED;
}

/** A policy's answer; the caller's object is filled. */
export interface Ruling {
  kind: 'want' | 'verdict' | 'give-up';
  /** want: replicas that should be out now, at least 1. */
  replicas: number;
  /**
   * verdict: the answer that is believed. It must be the one that the latest run voted for, because
   * only that run's output is at hand.
   */
  candidate: number;
  /** verdict: probability that the answer is right, by the policy's own reckoning. */
  confidence: number;
}

/** Decides which answers to believe. Pure: the same tally always gives the same ruling. */
export interface ReplicationPolicy {
  /** Replicas that an untouched shard is leased in. */
  readonly initial: number;
  rule(tally: Tally, ruling: Ruling): void;
}

/** The policy that a job asks for. */
export function policyFor(replication: Replication): ReplicationPolicy {
  switch (replication.policy) {
    case 'quorum':
      return quorumPolicy(replication);
  }
}

/** An empty tally with room for the runs of one shard. */
export function newTally(): Tally {
  return {
    attempts: 0,
    candidates: 0,
    votes: new Uint8Array(MAX_REPLICAS),
    voters: new Uint32Array(MAX_REPLICAS),
    choices: new Uint8Array(MAX_REPLICAS),
    keys: [],
  };
}

/** A ruling to be filled. */
export function newRuling(): Ruling {
  return { kind: 'want', replicas: 0, candidate: 0, confidence: 0 };
}
