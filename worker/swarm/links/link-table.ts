import type { LinkEvents } from './links.ts';
import type { Pipe } from './pipe.ts';
import { ACCEPT_MS, ALIVE_MS, DIAL_RETRY_MS, DIAL_TRIES, MAX_LINKS, SILENT_MS } from './timing.ts';

/** What the table needs of its surroundings. */
export interface LinkTableOptions {
  /** Own peer id. */
  self: string;
  events: Pick<LinkEvents, 'onOpen' | 'onMessage' | 'onClosed'>;
  /** Opens a stream to a peer, directly and not through the relay. */
  connect(peer: string, signal: AbortSignal): Promise<Pipe>;
  /** The link to a peer goes over this pipe: all else to it can be closed. */
  settled(peer: string, pipe: Pipe): void;
  /** Nothing is wanted of this peer any more. */
  gone(peer: string): void;
  /** Milliseconds of any clock that does not jump. */
  now(): number;
  /** Between 0 and 1. */
  random(): number;
}

interface Peer {
  /** Ends the dial that is going on. */
  dial: AbortController | null;
  /** The pipe that is used, and who dialled it. */
  link: Pipe | null;
  /** A pipe that the other end opened while there is a better one: used when that one fails. */
  held: Pipe | null;
  heardAt: number;
  sentAt: number;
}

const ALIVE = new Uint8Array(0);

/**
 * Which pipe is the link to which peer. At most one is: the end that was dialled says so with an
 * empty message, and until then the end that dialled waits. When both dial at the same time, the
 * pipe of the smaller peer id wins on both sides; the other one is held back as long as the winner
 * may still come to be.
 */
export class LinkTable {
  readonly #options: LinkTableOptions;
  readonly #peers = new Map<string, Peer>();
  #tickedAt: number;

  constructor(options: LinkTableOptions) {
    this.#options = options;
    this.#tickedAt = options.now();
  }

  has(peer: string): boolean {
    return this.#peers.has(peer);
  }

  /** Does nothing where there is a link or a dial already. */
  dial(peer: string): void {
    if (this.#peers.has(peer)) return;
    const state = this.#add(peer);
    state.dial = new AbortController();
    void this.#try(peer, state, state.dial.signal);
  }

  /** A peer has opened a stream of the protocol. */
  inbound(peer: string, pipe: Pipe): void {
    const known = this.#peers.get(peer);
    if (!known && this.#peers.size >= MAX_LINKS) {
      pipe.abort();
      return;
    }
    const state = known ?? this.#add(peer);
    const wins = !state.link && (!state.dial || peer < this.#options.self);
    state.held?.abort();
    state.held = wins ? null : pipe;
    pipe.listen({
      onMessage: (message) => {
        if (state.link === pipe) this.#receive(peer, state, message);
        // Whoever dials says nothing before it is answered.
        else this.#drop(peer, state, pipe, 'spoke too soon');
      },
      onHeard: () => this.#heard(state, pipe),
      onEnd: (reason) => this.#drop(peer, state, pipe, reason),
    });
    if (wins) this.#accept(peer, state, pipe);
  }

  async send(peer: string, message: Uint8Array<ArrayBuffer>): Promise<void> {
    const state = this.#peers.get(peer);
    if (!state?.link) return;
    state.sentAt = this.#options.now();
    // The end of the pipe is told by onClosed.
    await state.link.send(message).catch(() => {});
  }

  hangUp(peer: string, reason = 'hung up'): void {
    const state = this.#peers.get(peer);
    if (state) this.#end(peer, state, reason);
  }

  close(): void {
    for (const [peer, state] of [...this.#peers]) this.#end(peer, state, 'closed');
  }

  /** To be called every `ALIVE_MS`: says that this end lives, and gives up on silent peers. */
  tick(): void {
    const now = this.#options.now();
    // Whoever was not listening himself cannot say that the others were silent.
    const late = now - this.#tickedAt > 2 * ALIVE_MS;
    this.#tickedAt = now;
    for (const [peer, state] of [...this.#peers]) {
      if (!state.link) continue;
      if (late) state.heardAt = now;
      if (now - state.heardAt > SILENT_MS) this.#drop(peer, state, state.link, 'silent');
      else if (now - state.sentAt >= ALIVE_MS / 2) void this.send(peer, ALIVE);
    }
  }

  #add(peer: string): Peer {
    const now = this.#options.now();
    const state: Peer = { dial: null, link: null, held: null, heardAt: now, sentAt: now };
    this.#peers.set(peer, state);
    return state;
  }

  async #try(peer: string, state: Peer, signal: AbortSignal): Promise<void> {
    let reason = '';
    for (let attempt = 0; attempt < DIAL_TRIES && !signal.aborted; attempt++) {
      if (attempt > 0) await this.#pause(attempt);
      if (signal.aborted) return;
      try {
        const pipe = await this.#options.connect(peer, signal);
        if (await this.#answered(peer, state, pipe, signal)) return;
        reason = 'not answered';
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    if (signal.aborted) return;
    state.dial = null;
    if (state.held) this.#accept(peer, state, state.held);
    else this.#end(peer, state, reason);
  }

  #pause(attempt: number): Promise<void> {
    const wait = DIAL_RETRY_MS * 2 ** (attempt - 1) * (1 + this.#options.random() / 2);
    return new Promise((resolve) => setTimeout(resolve, wait));
  }

  /** Whether the other end takes this pipe as the link; it is then. */
  #answered(peer: string, state: Peer, pipe: Pipe, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const fail = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', fail);
        if (state.link === pipe) return;
        pipe.abort();
        resolve(false);
      };
      const timer = setTimeout(fail, ACCEPT_MS);
      signal.addEventListener('abort', fail);
      if (signal.aborted) return fail();
      pipe.listen({
        onMessage: (message) => {
          if (state.link === pipe) return this.#receive(peer, state, message);
          if (signal.aborted || message.length > 0) return fail();
          signal.removeEventListener('abort', fail);
          clearTimeout(timer);
          state.dial = null;
          this.#open(peer, state, pipe, true);
          resolve(true);
        },
        onHeard: () => this.#heard(state, pipe),
        onEnd: (reason) => (state.link === pipe ? this.#drop(peer, state, pipe, reason) : fail()),
      });
    });
  }

  #accept(peer: string, state: Peer, pipe: Pipe): void {
    state.held = null;
    state.dial?.abort();
    state.dial = null;
    this.#open(peer, state, pipe, false);
    void this.send(peer, ALIVE);
  }

  #open(peer: string, state: Peer, pipe: Pipe, dialled: boolean): void {
    state.link = pipe;
    state.heardAt = this.#options.now();
    this.#options.settled(peer, pipe);
    this.#options.events.onOpen(peer, dialled);
  }

  #receive(peer: string, state: Peer, message: Uint8Array<ArrayBuffer>): void {
    state.heardAt = this.#options.now();
    if (message.length > 0) this.#options.events.onMessage(peer, message);
  }

  #heard(state: Peer, pipe: Pipe): void {
    if (state.link === pipe) state.heardAt = this.#options.now();
  }

  /** One pipe of a peer is not used any more. */
  #drop(peer: string, state: Peer, pipe: Pipe, reason: string): void {
    pipe.abort();
    if (state.held === pipe) state.held = null;
    if (state.link !== pipe || this.#peers.get(peer) !== state) return;
    const { held } = state;
    state.link = null;
    state.held = null;
    if (held) {
      this.#options.events.onClosed(peer, reason);
      this.#accept(peer, state, held);
    } else this.#end(peer, state, reason);
  }

  #end(peer: string, state: Peer, reason: string): void {
    if (!this.#peers.delete(peer)) return;
    state.dial?.abort();
    state.link?.abort();
    state.held?.abort();
    this.#options.gone(peer);
    this.#options.events.onClosed(peer, reason);
  }
}
