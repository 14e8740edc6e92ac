import type { BlobRef } from '../../shared/blob/ref.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import type { NodeNumber } from '../scheduler/events.ts';

/** A joined node as the swarm's desk knows it. */
export interface SwarmNode {
  number: NodeNumber;
  /** Public key in hexadecimal. */
  key: string;
  /** Network prefix; null where every node counts as a network of its own. */
  network: string | null;
  send(frame: SwarmCoordinatorFrame): void;
}

/** Where the gateway's sessions bring what concerns data between peers. */
export interface SwarmDesk {
  joined(node: SwarmNode): void;
  /** @throws ManyhandsError where a sound node would not have sent it */
  receive(node: NodeNumber, frame: SwarmNodeFrame): void;
  left(node: NodeNumber): void;
  /** It was given a lease of this job: it may exchange the job's blobs. */
  leased(node: NodeNumber, job: string): void;
}

/** Who holds which blobs wholly, as the connected nodes say. */
export interface Holders {
  /** Nodes that hold all of it, those that can be reached by peers first. */
  of(blob: BlobId): readonly SwarmNode[];
}

/** Keeper of the outputs that stay on nodes: told by the desk, in order. */
export interface OutputKeeper {
  /** A node says that it holds these outputs of a job wholly. */
  held(node: SwarmNode, job: string, blobs: readonly BlobRef[]): void;
  /** A node needs an output that is not here and that no peer can give it. */
  ask(blob: BlobId): void;
  unheld(node: SwarmNode, blobs: readonly BlobId[]): void;
  /** It asks what is needed of it before it leaves; answered by `deposit` with `last`. */
  parting(node: SwarmNode): void;
  left(node: SwarmNode): void;
}
