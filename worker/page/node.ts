import { browserEnvironment, type Environment } from '../environment.ts';
import type { DataSettings } from '../swarm/swarm-view.ts';
import type { Leader } from './leader.ts';
import type { NodeCommand, NodeSettings, NodeState } from './node-state.ts';
import { type SharedNode, type TabMessage, Tabs } from './tabs.ts';

/** What the pages hold of this browser's node. Made before any click; heavy parts come after it. */
export interface NodeHandle {
  /** The same object until something changes. */
  state(): NodeState;
  /** Calls back after each change, at a calm rate; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  start(settings: NodeSettings): void;
  pause(): void;
  resume(): void;
  finish(): void;
  cancelFinish(): void;
  setThreads(threads: number): void;
  /** How data may move from now on. */
  setData(data: DataSettings): void;
  /** Removes from the cache what is neither in use nor a result that others still need. */
  emptyCache(): void;
}

const OFF: NodeState = { stage: 'off', finished: false, failure: null };

/**
 * This browser's node, as seen from this tab. Of several tabs one computes; the others show its
 * state, their buttons act on it, and when it closes while giving, one of them goes on.
 */
export function openNode(environment: Environment = browserEnvironment()): NodeHandle {
  return new PageNode(environment);
}

class PageNode implements NodeHandle {
  readonly #environment: Environment;
  readonly #tabs: Tabs;
  readonly #listeners = new Set<() => void>();
  #state: NodeState = OFF;
  /** Present while this tab computes. */
  #leader: Leader | null = null;
  /** What the contributor chose and the node's last view, from whichever tab leads. */
  #shared: SharedNode | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#tabs = new Tabs(environment, {
      onMessage: (message) => this.#receive(message),
      onLead: () => this.#lead(),
    });
    this.#tabs.send({ type: 'hello' });
    addEventListener('pagehide', () => this.#leave());
  }

  state(): NodeState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(settings: NodeSettings): void {
    if (this.#state.stage !== 'off') return;
    this.#shared = { settings, paused: false, view: null };
    this.#show({ stage: 'starting' });
    this.#tabs.lead();
  }

  pause(): void {
    this.#command({ type: 'pause' });
  }

  resume(): void {
    this.#command({ type: 'resume' });
  }

  finish(): void {
    this.#command({ type: 'finish' });
  }

  cancelFinish(): void {
    this.#command({ type: 'cancel-finish' });
  }

  setThreads(threads: number): void {
    this.#command({ type: 'threads', threads });
  }

  setData(data: DataSettings): void {
    this.#command({ type: 'data', data });
  }

  emptyCache(): void {
    this.#command({ type: 'empty-cache' });
  }

  #command(command: NodeCommand): void {
    if (this.#leader) this.#obey(command);
    else if (this.#state.stage !== 'off') this.#tabs.send({ type: 'command', command });
  }

  #obey(command: NodeCommand): void {
    const shared = this.#shared;
    if (shared && command.type === 'threads') shared.settings.threads = command.threads;
    if (shared && command.type === 'data') shared.settings.data = command.data;
    this.#leader?.command(command);
  }

  /** This tab is the one to compute, if there is still something that the contributor gives. */
  async #lead(): Promise<void> {
    const shared = this.#shared;
    if (!shared) {
      this.#tabs.stopLeading();
      return;
    }
    try {
      const { Leader } = await import('./leader.ts');
      this.#leader = new Leader(this.#environment, shared.settings, {
        onView: (view) => {
          shared.view = view;
          shared.paused = view.phase === 'paused';
          this.#show({ stage: 'on', view, elsewhere: false });
          this.#tabs.send({ type: 'state', node: shared });
        },
        onStopped: (failure) => this.#stopped(failure),
      });
      if (shared.paused) this.#leader.command({ type: 'pause' });
    } catch (error) {
      this.#stopped((error as Error).message);
    }
  }

  #stopped(failure: string | null): void {
    this.#leader = null;
    this.#shared = null;
    this.#tabs.send({ type: 'off', failure });
    this.#tabs.stopLeading();
    this.#show({ stage: 'off', finished: failure === null, failure });
  }

  /** The page goes away. Another tab, if there is one, takes over as soon as this one is gone. */
  #leave(): void {
    const leader = this.#leader;
    this.#leader = null;
    if (!leader) return;
    leader.leave();
    this.#shared = null;
    this.#tabs.stopLeading();
    this.#show(OFF);
  }

  #receive(message: TabMessage): void {
    switch (message.type) {
      case 'hello':
        if (this.#leader && this.#shared) this.#tabs.send({ type: 'state', node: this.#shared });
        break;
      case 'state':
        if (this.#leader) break;
        this.#shared = message.node;
        if (message.node.view)
          this.#show({ stage: 'on', view: message.node.view, elsewhere: true });
        // So that this tab goes on when the other closes.
        this.#tabs.lead();
        break;
      case 'off':
        if (this.#leader) break;
        this.#shared = null;
        this.#tabs.stopLeading();
        this.#show({ stage: 'off', finished: message.failure === null, failure: message.failure });
        break;
      case 'command':
        if (this.#leader) this.#obey(message.command);
        break;
    }
  }

  #show(state: NodeState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
