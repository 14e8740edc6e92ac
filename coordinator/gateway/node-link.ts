import type { ErrorBody } from '../../shared/errors.ts';
import type { ProgramKind } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { CoordinatorFrame } from '../../shared/protocol/frames.ts';
import type { LeaseClaim, LeasedCheckpoint } from '../scheduler/events.ts';

/** A node that has proven its key, as the dispatcher is told of it. */
export interface JoiningNode {
  /** Public key in hexadecimal. */
  key: string;
  agent: string;
  /** Null where every node counts as being on a network of its own. */
  network: string | null;
  kinds: readonly ProgramKind[];
  threads: number;
  memoryMiB: number;
  /** Null for any. */
  projects: readonly string[] | null;
}

/** A contiguous part of a lease. */
export interface LeasePart {
  lease: bigint;
  first: number;
  count: number;
}

export type RevokeReason = Extract<CoordinatorFrame, { type: 'revoke' }>['reason'];
export type IdleReason = Extract<CoordinatorFrame, { type: 'idle' }>['reason'];

/** What the dispatcher says to one connected node; the session says it in frames. */
export interface NodeLink {
  joined(totals: { agreed: number; rejected: number }): void;
  /** @param checkpoints what the node goes on with */
  lease(claim: LeaseClaim, job: JobView, checkpoints?: readonly LeasedCheckpoint[]): void;
  acknowledge(part: LeasePart): void;
  refuse(part: LeasePart, reason: ErrorBody): void;
  revoke(leases: readonly bigint[], reason: RevokeReason): void;
  tally(totals: { agreed: number; rejected: number }): void;
  idle(reason: IdleReason): void;
  /** Something at this end that the node's person may want to know; the connection goes on. */
  trouble(error: ErrorBody): void;
}
