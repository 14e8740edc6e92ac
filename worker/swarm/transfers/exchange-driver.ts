import type { BlobId } from '../../../shared/job/spec.ts';
import type { ExchangeEffect, ExchangeEvent } from '../core/events.ts';
import { Exchange } from '../core/exchange.ts';
import { MAX_WINDOW, MIN_WINDOW } from '../core/limits.ts';
import type { Sessions } from '../peers/sessions.ts';
import { failed } from './http-source.ts';
import type { Seeker } from './seeker.ts';
import type { Transfers } from './transfers.ts';

export interface ExchangeDriverOptions {
  now: () => number;
  random: () => number;
  maxPeers: number;
  seeker: Seeker;
  sessions: Sessions;
  transfers: Transfers;
  accuse: (accusation: { job: string; peer: string; blob: BlobId; chunk: number }) => void;
}

/** The exchange with the world around it: carries its effects out and keeps its time. */
export class ExchangeDriver {
  readonly #options: ExchangeDriverOptions;
  readonly #exchange: Exchange;
  /** Events that came while another was handled: handled after it, never within it. */
  readonly #waiting: ExchangeEvent[] = [];
  #handling = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #mode = '';
  #stopped = false;

  constructor(options: ExchangeDriverOptions) {
    this.#options = options;
    const { maxPeers, random } = options;
    const windows = { minWindow: MIN_WINDOW, maxWindow: MAX_WINDOW };
    this.#exchange = new Exchange({ maxPeers, ...windows, random });
  }

  dispatch(event: ExchangeEvent): void {
    if (this.#stopped) return;
    this.#waiting.push(event);
    if (this.#handling) return;
    this.#handling = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
        for (const effect of this.#exchange.handle(next, this.#options.now()))
          this.#perform(effect);
    } finally {
      this.#handling = false;
    }
  }

  /** Whether peers may be used, and served. */
  setMode(peers: boolean, upload: boolean): void {
    const mode = `${peers} ${upload}`;
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.dispatch({ type: 'mode', peers, upload });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #perform(effect: ExchangeEffect): void {
    const { seeker, sessions, transfers } = this.#options;
    switch (effect.type) {
      case 'seek':
        seeker.seek(effect);
        break;
      case 'dial':
        this.#dial(effect.peer, effect.job);
        break;
      case 'hang-up':
        sessions.hangUp(effect.peer);
        break;
      case 'get':
        sessions.get(effect.peer, effect.job, effect.blob, effect.chunk);
        break;
      case 'cancel':
        sessions.cancel(effect.peer, effect.blob, effect.chunk);
        break;
      case 'download':
        void transfers.download(effect.blob, effect.range);
        break;
      case 'tell-has':
        sessions.tellHas(effect.peer, effect.job, effect.blob, effect.have);
        break;
      case 'tell-got':
        sessions.tellGot(effect.peer, effect.blob, effect.chunks);
        break;
      case 'accuse': {
        const { peer, job, blob, chunk } = effect;
        this.#options.accuse({ peer, job, blob, chunk });
        break;
      }
      case 'satisfied':
        // Whoever waits has been given every chunk as it came.
        break;
      case 'unavailable':
        transfers.fail(effect.blob, failed('neither peers nor the coordinator have it'));
        break;
      case 'wake':
        this.#wake(effect.at);
        break;
    }
  }

  #dial(peer: string, job: string): void {
    const ticket = this.#options.seeker.ticket(peer, job);
    if (ticket) this.#options.sessions.dial(peer, job, ticket);
    else this.dispatch({ type: 'unlinked', peer });
  }

  #wake(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      // A timer may fire a little early, and the exchange asks only once.
      () => (this.#options.now() < at ? this.#wake(at) : this.dispatch({ type: 'tick' })),
      Math.max(0, Math.ceil(at - this.#options.now())),
    );
  }
}
