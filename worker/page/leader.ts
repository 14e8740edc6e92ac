import { proxy, releaseProxy, transfer, wrap } from 'comlink';
import { ManyhandsError } from '../../shared/errors.ts';
import type { EngineApi } from '../engine/browser/engine-api.ts';
import type { EngineView } from '../engine/events.ts';
import type { Environment } from '../environment.ts';
import { Governor, type GovernorEvent } from '../governor/governor.ts';
import { SandboxFrames } from '../sandbox/frames.ts';
import type { SandboxHost } from '../sandbox/host.ts';
import type { NodeCommand, NodeSettings } from './node-state.ts';

export interface LeaderEvents {
  onView(view: EngineView): void;
  /** It has stopped, by Finish (null) or because it broke down. Nothing follows. */
  onStopped(failure: string | null): void;
}

/** Memory that one program may be offered: the least is what a job asks for by default. */
const LEAST_MEMORY_MIB = 256;
const MOST_MEMORY_MIB = 1024;

/**
 * The tab that computes: its engine's worker, its sandbox frames, and the governor between the
 * contributor's wishes and the device. Loaded after the first click only.
 */
export class Leader {
  readonly #events: LeaderEvents;
  readonly #worker: Worker;
  readonly #engine: ReturnType<typeof wrap<EngineApi>>;
  readonly #frames: SandboxFrames;
  readonly #governor: Governor;
  readonly #watches: (() => void)[];
  #tick: ReturnType<typeof setTimeout> | undefined;
  #closeLinks = () => {};
  #left = false;
  #ended = false;

  constructor(environment: Environment, settings: NodeSettings, events: LeaderEvents) {
    this.#events = events;
    this.#worker = new Worker(new URL('../engine/browser/engine-worker.ts', import.meta.url), {
      type: 'module',
      name: 'manyhands-engine',
    });
    this.#worker.onerror = (event) => {
      this.#end(event.message || 'The computing part of this page broke down. Reload the page.');
    };
    this.#engine = wrap<EngineApi>(this.#worker);
    this.#frames = new SandboxFrames('/sandbox.html', document.body);
    this.#governor = new Governor(settings.threads, environment.threads);
    this.#watches = [
      environment.watchPower((power) => this.#govern({ type: 'power', power })),
      environment.watchPressure((pressure) => this.#govern({ type: 'pressure', pressure })),
    ];
    // Results that only this browser has are in its storage. Not before the contributor agreed to start.
    void environment.keepStorage();
    this.#start(environment, settings);
  }

  command(command: NodeCommand): void {
    if (command.type === 'threads') {
      this.#govern({ type: 'threads', threads: command.threads });
      return;
    }
    if (command.type === 'data') this.#engine.setData(command.data);
    else if (command.type === 'empty-cache') this.#engine.emptyCache();
    else {
      if (command.type === 'resume') this.#govern({ type: 'chosen' });
      this.#engine.press(command.type);
    }
  }

  /** The page goes away: gives everything back, as far as there is still time, and says no more. */
  leave(): void {
    this.#left = true;
    this.#engine.press('leave');
    this.#frames.dispose();
    this.#closeLinks();
  }

  async #start(environment: Environment, { threads, projects, data }: NodeSettings): Promise<void> {
    const perThread = Math.floor(environment.memoryMiB / 2 / threads);
    try {
      if (!environment.secure) throw insecure();
      await this.#engine.start(
        {
          url: location.origin,
          threads,
          memoryMiB: Math.min(MOST_MEMORY_MIB, Math.max(LEAST_MEMORY_MIB, perThread)),
          projects,
          data,
          webrtc: environment.webrtc,
          saveData: environment.saveData,
        },
        proxy(this.#host()),
        proxy(() => this.#openLinks()),
        proxy((view: EngineView) => {
          if (!this.#ended && !this.#left) this.#events.onView(view);
        }),
        proxy(() => this.#end(null)),
      );
    } catch (error) {
      this.#end((error as Error).message);
    }
  }

  /** What the engine's worker may do in this page. Ports go to it whole. */
  #host(): SandboxHost {
    return {
      open: async (slot) => {
        const port = await this.#frames.open(slot);
        return transfer(port, [port]);
      },
      close: (slot) => this.#frames.close(slot),
    };
  }

  /** Connections to peers, loaded when they are first needed. Their port goes to the engine. */
  async #openLinks(): Promise<MessagePort> {
    const [{ Libp2pLinks }, { servePort }] = await Promise.all([
      import('../swarm/links/libp2p-links.ts'),
      import('../swarm/links/port-links.ts'),
    ]);
    this.#closeLinks();
    const { port1, port2 } = new MessageChannel();
    this.#closeLinks = servePort((events) => new Libp2pLinks(events), port1);
    if (this.#ended || this.#left) this.#closeLinks();
    return transfer(port2, [port2]);
  }

  #govern(event: GovernorEvent): void {
    const now = performance.now();
    const { threads, reason } = this.#governor.handle(event, now);
    this.#engine.budget(threads, reason);
    clearTimeout(this.#tick);
    const at = this.#governor.wakeAt();
    if (at !== null) this.#tick = setTimeout(() => this.#govern({ type: 'tick' }), at - now);
  }

  #end(failure: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#tick);
    for (const stop of this.#watches) stop();
    this.#frames.dispose();
    this.#closeLinks();
    this.#engine[releaseProxy]();
    this.#worker.terminate();
    if (!this.#left) this.#events.onStopped(failure);
  }
}

function insecure(): ManyhandsError {
  return new ManyhandsError(
    'INSECURE_CONTEXT',
    'Contributing needs an encrypted page. Open this address with https, or on this very machine.',
  );
}
