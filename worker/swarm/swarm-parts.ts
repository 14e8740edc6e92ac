import type { BlobId } from '../../shared/job/spec.ts';
import type { SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import { MAX_PEERS } from '../../shared/protocol/limits.ts';
import type { ExchangeEvent } from './core/events.ts';
import { Holdings } from './holdings.ts';
import { Outputs } from './outputs.ts';
import { Membership } from './peers/membership.ts';
import { Serving } from './peers/serving.ts';
import { Sessions } from './peers/sessions.ts';
import { Uploads } from './peers/uploads.ts';
import type { SwarmOptions } from './swarm-options.ts';
import { TrafficCount } from './traffic.ts';
import { Catalogue } from './transfers/catalogue.ts';
import { ExchangeDriver } from './transfers/exchange-driver.ts';
import { HttpSource } from './transfers/http-source.ts';
import { Seeker } from './transfers/seeker.ts';
import { Shelf } from './transfers/shelf.ts';
import { Transfers } from './transfers/transfers.ts';

/** The parts of a swarm; each has one duty. */
export interface SwarmParts {
  catalogue: Catalogue;
  traffic: TrafficCount;
  shelf: Shelf;
  http: HttpSource;
  holdings: Holdings;
  outputs: Outputs;
  seeker: Seeker;
  uploads: Uploads;
  sessions: Sessions;
  /** Null where there are no peer connections. */
  membership: Membership | null;
  transfers: Transfers;
  exchange: ExchangeDriver;
}

/** What the parts ask of the swarm that they belong to. */
interface Whole {
  /** Sends to the coordinator, while it knows this node; whether it has left. */
  send: (frame: SwarmNodeFrame) => boolean;
  /** Throws where nothing may be downloaded now. */
  gate: () => void;
  /** Resolves when this node may upload. */
  mayUpload: () => Promise<void>;
  /** Milliseconds since 1970 at the coordinator. */
  coordinatorTime: () => number;
  /** Whether a blob is an input of a job, which the coordinator must have. */
  isInput: (blob: BlobId) => boolean;
  /** Whether peers may be used. */
  mayMeet: () => boolean;
  /** Something more of a blob is here. */
  onHere: (blob: BlobId) => void;
  /** The cap was reached, or this node's standing among peers has changed. */
  onChange: () => void;
}

/** Makes the parts and joins them. */
export function assembleSwarm(options: SwarmOptions, whole: Whole): SwarmParts {
  const { base, cache, fetch, now, random, createLinks } = options;
  const { send, gate } = whole;
  const dispatch = (event: ExchangeEvent) => exchange.dispatch(event);
  const catalogue = new Catalogue();
  const traffic = new TrafficCount(options.today, whole.onChange);
  const shelf = new Shelf(cache);
  const http = new HttpSource({
    base,
    fetch,
    gate,
    onBytes: (bytes) => traffic.add('fromCoordinator', bytes),
  });
  const { mayUpload, isInput } = whole;
  const outputs = new Outputs({ base, fetch, cache, traffic, send, mayUpload });
  const { onHere } = whole;
  const transfers = new Transfers({ now, shelf, catalogue, http, gate, dispatch, onHere });
  const seeker = new Seeker({
    send,
    have: (blob) => transfers.shelved(blob)?.have.bits.slice() ?? null,
    isInput,
    dispatch,
  });
  const serving = new Serving(
    shelf,
    (blob) => transfers.shelved(blob),
    (blob, chunk) => dispatch({ type: 'lost', blob, chunks: [chunk] }),
  );
  const uploads: Uploads = new Uploads({
    now,
    traffic,
    read: (blob, chunk) => serving.read(blob, chunk),
    send: (peer, frame) => sessions.send(peer, frame),
    onSent: (peer, bytes) => sessions.sent(peer, bytes),
  });
  const sessions: Sessions = new Sessions({
    now,
    coordinatorTime: whole.coordinatorTime,
    links: () => membership?.links ?? null,
    standing: () => (whole.mayMeet() ? (membership?.standing ?? null) : null),
    catalogue,
    traffic,
    uploads,
    lengthOf: (blob, chunk) => serving.lengthOf(blob, chunk),
    dispatch,
    onChunk: (peer, blob, chunk, bytes) => void transfers.received(peer, blob, chunk, bytes),
  });
  const membership: Membership | null =
    createLinks &&
    new Membership({
      base,
      createLinks,
      send,
      events: {
        onOpen: (peer) => sessions.opened(peer),
        onMessage: (peer, message) => sessions.receive(peer, message),
        onClosed: (peer) => sessions.closed(peer),
      },
      onChange: whole.onChange,
    });
  const exchange: ExchangeDriver = new ExchangeDriver({
    now,
    random,
    maxPeers: MAX_PEERS,
    seeker,
    sessions,
    transfers,
    accuse: (accusation) => void send({ type: 'accuse', ...accusation }),
  });
  const holdings = new Holdings(send);
  return {
    catalogue,
    traffic,
    shelf,
    http,
    holdings,
    outputs,
    seeker,
    uploads,
    sessions,
    membership,
    transfers,
    exchange,
  };
}
