import { fromUtf8 } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { openIntroduction } from '../../../shared/identity/introduction.ts';
import { SIGNATURE_BYTES } from '../../../shared/identity/keys.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { ExchangeEvent } from '../core/events.ts';
import { HELLO_LIMIT_MS, MAX_PEER_JOBS, MAX_SESSIONS, TICKET_GRACE_MS } from '../limits.ts';
import type { Links } from '../links/links.ts';
import type { TrafficCount } from '../traffic.ts';
import type { Catalogue } from '../transfers/catalogue.ts';
import { decodePeerFrame, encodePeerFrame } from './peer-codec.ts';
import type { PeerFrame } from './peer-frames.ts';
import { Session } from './session.ts';
import type { Uploads } from './uploads.ts';

/** Who this node is among its peers, once the coordinator has let it in. */
export interface Standing {
  /** Its own peer id. */
  peer: string;
  /** The coordinator's key that introductions are signed with. */
  key: Uint8Array<ArrayBuffer>;
}

export interface SessionsOptions {
  now: () => number;
  /** Milliseconds since 1970 at the coordinator. */
  coordinatorTime: () => number;
  links: () => Links | null;
  /** Null while this node takes part in nothing: then no ticket is good. */
  standing: () => Standing | null;
  catalogue: Catalogue;
  traffic: TrafficCount;
  uploads: Uploads;
  /** Length of a chunk or manifest; null where it is no part of the blob. */
  lengthOf: (blob: BlobId, chunk: number) => number | null;
  dispatch: (event: ExchangeEvent) => void;
  /** What was asked of a peer has come; nothing of it is checked. */
  onChunk: (peer: string, blob: BlobId, chunk: number, bytes: Uint8Array<ArrayBuffer>) => void;
}

/**
 * What is spoken with peers: tickets first, then who has what, requests and answers. Peers are
 * strangers: whoever speaks out of turn is let go.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Peers that a ticket was shown to or by, with what was exchanged. */
  view(): { peer: string; fromBytes: number; toBytes: number }[] {
    return [...this.#sessions.values()]
      .filter(({ jobs }) => jobs.size > 0)
      .map(({ peer, fromBytes, toBytes }) => ({ peer, fromBytes, toBytes }));
  }

  /** Makes for a peer with the ticket for a job. `linked` or `unlinked` follows. */
  dial(peer: string, job: string, ticket: Uint8Array): void {
    const wire = jobOfTicket(ticket);
    const session = this.#sessions.get(peer);
    if (session?.ending) {
      this.#options.dispatch({ type: 'unlinked', peer });
      return;
    }
    if (session) {
      session.offers.set(wire, { ticket, job });
      if (session.open) this.#send(session, { type: 'hello', ticket });
      return;
    }
    const dialled = new Session(peer, this.#options.now());
    dialled.offers.set(wire, { ticket, job });
    this.#sessions.set(peer, dialled);
    this.#options.links()?.dial(peer);
  }

  hangUp(peer: string): void {
    const session = this.#sessions.get(peer);
    if (session) this.#end(session);
  }

  hangUpAll(): void {
    for (const session of this.#sessions.values()) this.#end(session);
  }

  get(peer: string, job: string, blob: BlobId, chunk: number): void {
    const session = this.#sessions.get(peer);
    const wire = session?.wireJob(job);
    if (!session || wire === null || wire === undefined) return;
    const request = session.ask({ blob, chunk });
    this.#send(session, { type: 'get', request, job: wire, blob, chunk });
  }

  cancel(peer: string, blob: BlobId, chunk: number): void {
    const session = this.#sessions.get(peer);
    const request = session?.cancel(blob, chunk) ?? null;
    if (session && request !== null) this.#send(session, { type: 'cancel', request });
  }

  tellHas(peer: string, job: string, blob: BlobId, have: Uint8Array): void {
    const session = this.#sessions.get(peer);
    const wire = session?.wireJob(job);
    if (session && wire !== null && wire !== undefined)
      this.#send(session, { type: 'has', job: wire, blob, have });
  }

  tellGot(peer: string, blob: BlobId, chunks: number[]): void {
    const session = this.#sessions.get(peer);
    if (session && session.jobs.size > 0) this.#send(session, { type: 'got', blob, chunks });
  }

  /** Resolves when the frame has left; rejects where it cannot. */
  async send(peer: string, frame: PeerFrame): Promise<void> {
    const session = this.#sessions.get(peer);
    const links = this.#options.links();
    if (!session?.open || session.ending || !links) throw new Error('no link');
    if (frame.type !== 'refuse') return links.send(peer, encodePeerFrame(frame));
    if (!session.refusing()) return this.#end(session);
    try {
      await links.send(peer, encodePeerFrame(frame));
    } finally {
      session.refused();
    }
  }

  sent(peer: string, bytes: number): void {
    const session = this.#sessions.get(peer);
    if (session) session.toBytes += bytes;
  }

  /** Lets go of those that never showed a good ticket; to be called every few seconds. */
  tend(): void {
    const now = this.#options.now();
    for (const session of this.#sessions.values())
      if (session.open && session.jobs.size === 0 && now - session.since >= HELLO_LIMIT_MS)
        this.#end(session);
  }

  opened(peer: string): void {
    let session = this.#sessions.get(peer);
    if (!session) {
      session = new Session(peer, this.#options.now());
      this.#sessions.set(peer, session);
      const full = this.#sessions.size > MAX_SESSIONS;
      if (full || !this.#options.standing()) session.ending = true;
    }
    session.open = true;
    session.since = this.#options.now();
    if (session.ending) this.#options.links()?.hangUp(peer);
    else
      for (const { ticket } of session.offers.values())
        this.#send(session, { type: 'hello', ticket });
  }

  closed(peer: string): void {
    if (!this.#sessions.delete(peer)) return;
    this.#options.uploads.remove(peer);
    this.#options.dispatch({ type: 'unlinked', peer });
  }

  /** The links are gone, and everything that went over them. */
  closeAll(): void {
    for (const peer of [...this.#sessions.keys()]) this.closed(peer);
  }

  receive(peer: string, message: Uint8Array<ArrayBuffer>): void {
    const session = this.#sessions.get(peer);
    if (!session || session.ending) return;
    try {
      const frame = decodePeerFrame(message);
      if (session.heard(frame, this.#options.now())) this.#take(session, frame);
      else this.#end(session);
    } catch (error) {
      if (!(error instanceof ManyhandsError)) throw error;
      this.#end(session);
    }
  }

  #take(session: Session, frame: PeerFrame): void {
    if (frame.type === 'hello') {
      if (session.shows()) void this.#admit(session, frame.ticket);
      else this.#end(session);
    } else if (frame.type === 'welcome') this.#welcomed(session, frame.job);
    else if (session.jobs.size === 0) this.#end(session);
    else this.#takeAdmitted(session, frame);
  }

  #takeAdmitted(session: Session, frame: Exclude<PeerFrame, { type: 'hello' | 'welcome' }>): void {
    const { dispatch, catalogue, uploads } = this.#options;
    const { peer, jobs } = session;
    switch (frame.type) {
      case 'has':
        // Also of blobs that are not known here yet: outputs are asked for one after the other.
        if (jobs.has(frame.job))
          dispatch({ type: 'peer-has', peer, blob: frame.blob, have: frame.have });
        break;
      case 'got':
        for (const job of jobs.values())
          if (catalogue.belongs(job, frame.blob)) {
            dispatch({ type: 'peer-got', peer, blob: frame.blob, chunks: frame.chunks });
            break;
          }
        break;
      case 'get':
        this.#asked(session, frame);
        break;
      case 'cancel':
        uploads.cancel(peer, frame.request);
        break;
      case 'chunk':
        this.#answered(session, frame.request, frame.bytes);
        break;
      case 'refuse': {
        const asked = session.answered(frame.request);
        if (asked) dispatch({ type: 'refused', peer, ...asked, reason: frame.reason });
        break;
      }
      case 'alive':
        break;
    }
  }

  /** Somebody shows a ticket: it must be the coordinator's, for these two, and not too old. */
  async #admit(session: Session, ticket: Uint8Array): Promise<void> {
    const { standing, coordinatorTime, catalogue, dispatch } = this.#options;
    const here = standing();
    const shown = here && (await openIntroduction(ticket, here.key).catch(() => null));
    if (session.ending || this.#sessions.get(session.peer) !== session) return;
    const good =
      shown !== null &&
      shown.from === session.peer &&
      shown.to === here?.peer &&
      shown.until + TICKET_GRACE_MS > coordinatorTime() &&
      catalogue.of(shown.job).length > 0 &&
      session.jobs.size < MAX_PEER_JOBS;
    if (good) {
      session.jobs.set(shown.job, shown.job);
      this.#send(session, { type: 'welcome', job: shown.job });
      dispatch({ type: 'linked', peer: session.peer, job: shown.job });
    } else if (session.jobs.size === 0) this.#end(session);
  }

  /** It takes our ticket. One that we never showed says nothing. */
  #welcomed(session: Session, job: string): void {
    const offer = session.offers.get(job);
    if (!offer) return;
    session.offers.delete(job);
    session.jobs.set(job, offer.job);
    this.#options.dispatch({ type: 'linked', peer: session.peer, job: offer.job });
  }

  #asked(
    session: Session,
    { request, job, blob, chunk }: Extract<PeerFrame, { type: 'get' }>,
  ): void {
    const { catalogue, lengthOf, uploads } = this.#options;
    const allowed = catalogue.belongs(session.jobs.get(job), blob);
    const bytes = allowed ? lengthOf(blob, chunk) : null;
    if (bytes === null) this.#send(session, { type: 'refuse', request, reason: 'absent' });
    else uploads.add({ peer: session.peer, request, job, blob, chunk, bytes });
  }

  #answered(session: Session, request: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#options.traffic.add('fromPeers', bytes.length);
    session.fromBytes += bytes.length;
    const asked = session.answered(request);
    if (asked) this.#options.onChunk(session.peer, asked.blob, asked.chunk, bytes);
    else if (!session.unasked()) this.#end(session);
  }

  #send(session: Session, frame: PeerFrame): void {
    // Where it cannot be sent, the link's end is told by `closed`.
    this.send(session.peer, frame).catch(() => {});
  }

  /** Lets a peer go; `closed` follows. */
  #end(session: Session): void {
    session.ending = true;
    this.#options.links()?.hangUp(session.peer);
  }
}

/** The job that a ticket of the coordinator names: the first line behind its signature. */
function jobOfTicket(ticket: Uint8Array): string {
  return fromUtf8(ticket.subarray(SIGNATURE_BYTES)).split('\n', 1)[0];
}
