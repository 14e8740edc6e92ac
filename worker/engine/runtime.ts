import { type NodeKeys, sign } from '../../shared/identity/keys.ts';
import { joinMessage, submissionMessage } from '../../shared/identity/messages.ts';
import type { CoordinatorFrame } from '../../shared/protocol/frames.ts';
import type { Runner, RunnerEvents } from '../sandbox/runner.ts';
import { Swarm } from '../swarm/swarm.ts';
import type { SwarmOptions } from '../swarm/swarm-options.ts';
import type { DataSettings } from '../swarm/swarm-view.ts';
import { localDate } from '../swarm/traffic.ts';
import { Engine } from './core/engine.ts';
import { halted } from './core/state.ts';
import type { Digest } from './digests.ts';
import type { EngineEffect, EngineEvent, EngineView, NodeOffer, SlotNumber } from './events.ts';
import { type FetchedJob, fetchJob } from './programs.ts';
import { SlotRunners } from './slot-runners.ts';
import { CoordinatorSocket } from './socket.ts';
import { isStorageEffect, type NodeStorage } from './storage.ts';
import { troubleOf } from './trouble-of.ts';

export interface RuntimeOptions {
  /** Address of the coordinator, `http:` or `https:`. */
  url: string;
  offer: Omit<NodeOffer, 'publicKey'>;
  storage: NodeStorage;
  /** Where data is kept and how it may move. */
  swarm: Pick<SwarmOptions, 'cache' | 'data' | 'createLinks' | 'saveData' | 'dayStorage'>;
  createRunner: (slot: SlotNumber, events: RunnerEvents) => Runner;
  /** Left out: the one that runs everywhere. */
  digest?: Digest;
  /** Called when the view may have changed; at any rate, so whoever shows it paces itself. */
  onChange?: () => void;
  /** Called once, when the engine has stopped for good and its storage is written. */
  onStopped?: () => void;
}

/**
 * The engine with the world around it: carries its effects out and tells it what happens. Runs in
 * a dedicated worker, whose timers keep their pace in hidden tabs, and in Node.
 */
export class EngineRuntime {
  readonly #options: RuntimeOptions;
  readonly #keys: NodeKeys;
  readonly #engine: Engine;
  readonly #socket: CoordinatorSocket;
  readonly #swarm: Swarm;
  readonly #slots: SlotRunners;
  readonly #fetched = new Map<string, FetchedJob>();
  /** Events that came while another was handled: handled after it, never within it. */
  readonly #waiting: EngineEvent[] = [];
  #handling = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: RuntimeOptions, keys: NodeKeys) {
    const base = options.url.replace(/\/+$/, '');
    this.#options = options;
    this.#keys = keys;
    this.#engine = new Engine({ ...options.offer, publicKey: keys.publicKey });
    this.#swarm = new Swarm({
      ...options.swarm,
      base,
      send: (frame) => this.#socket.send(frame),
      fetch: (...request) => fetch(...request),
      now: () => performance.now(),
      today: () => localDate(new Date()),
      random: Math.random,
      onChange: () => this.#options.onChange?.(),
      onOutputs: (any) => this.dispatch({ type: 'outputs-kept', any }),
    });
    this.#socket = new CoordinatorSocket(`${base.replace(/^http/, 'ws')}/node`, {
      onOpen: () => this.dispatch({ type: 'opened' }),
      onFrame: (frame) => this.#receive(frame),
      onClosed: () => {
        this.#swarm.disconnected();
        this.dispatch({ type: 'closed', random: Math.random() });
      },
    });
    this.#slots = new SlotRunners({
      createRunner: options.createRunner,
      fetched: (job) => this.#fetched.get(job),
      digest: options.digest,
      keepOutput: (job, bytes) => this.#swarm.keepOutput(job, bytes),
      dispatch: (event) => this.dispatch(event),
    });
  }

  /** Reads keys and leftovers from the storage and starts with so many threads. */
  static async start(options: RuntimeOptions, threads: number): Promise<EngineRuntime> {
    const [keys, kept] = await Promise.all([options.storage.keys(), options.storage.load()]);
    const runtime = new EngineRuntime(options, keys);
    runtime.dispatch({ type: 'start', kept });
    runtime.dispatch({ type: 'budget', threads, reason: null });
    return runtime;
  }

  /** What the engine shows of itself now. */
  view(): EngineView {
    return { ...this.#engine.view(), swarm: this.#swarm.view() };
  }

  /** How data may move from now on. */
  setData(data: DataSettings): void {
    this.#swarm.setData(data);
  }

  /** Removes from the cache what is neither in use nor a result that others still need. */
  emptyCache(): Promise<void> {
    return this.#swarm.emptyCache();
  }

  /** Tells the engine what happened. */
  dispatch(event: EngineEvent): void {
    this.#waiting.push(event);
    if (this.#handling) return;
    this.#handling = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
        for (const effect of this.#engine.handle(next, performance.now())) this.#perform(effect);
    } finally {
      this.#handling = false;
    }
    this.#swarm.setQuiet(halted(this.#engine.state));
    this.#options.onChange?.();
  }

  /** Frames about data are the swarm's; it hears of the connection as well. */
  #receive(frame: CoordinatorFrame): void {
    switch (frame.type) {
      case 'entered':
      case 'found':
      case 'deposit':
      case 'decided':
      case 'release':
        this.#swarm.receive(frame);
        break;
      case 'joined':
        this.dispatch({ type: 'frame', frame });
        this.#swarm.joined(frame.time);
        break;
      case 'error':
        if (!this.#swarm.refused(frame.code)) this.dispatch({ type: 'frame', frame });
        break;
      default:
        this.dispatch({ type: 'frame', frame });
        break;
    }
  }

  #perform(effect: EngineEffect): void {
    if ('slot' in effect) this.#slots.apply(effect);
    else if (isStorageEffect(effect)) this.#options.storage.apply(effect);
    else this.#performOwn(effect);
  }

  #performOwn(effect: EngineEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#socket.open();
        break;
      case 'disconnect':
        this.#socket.close();
        break;
      case 'send':
        this.#socket.send(effect.frame);
        break;
      case 'prove':
        this.#prove(effect.challenge);
        break;
      case 'sign':
        this.#sign(effect);
        break;
      case 'fetch':
        this.#fetch(effect);
        break;
      case 'release':
        this.#fetched.delete(effect.job);
        this.#swarm.removeJob(effect.job);
        break;
      case 'part':
        this.#part();
        break;
      case 'wake':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(
          () => this.dispatch({ type: 'tick' }),
          // Rounded up, or the timer would come just before its time and have to come again.
          Math.max(0, Math.ceil(effect.at - performance.now())),
        );
        break;
      case 'stopped':
        this.#stop();
        break;
    }
  }

  async #prove(challenge: Uint8Array<ArrayBuffer>): Promise<void> {
    const signature = await sign(this.#keys, joinMessage(challenge));
    this.dispatch({ type: 'proved', challenge, signature });
  }

  async #sign({ submission, frame }: Extract<EngineEffect, { type: 'sign' }>): Promise<void> {
    const signature = await sign(this.#keys, submissionMessage(frame));
    this.dispatch({ type: 'signed', submission, signature });
  }

  async #fetch({ job }: Extract<EngineEffect, { type: 'fetch' }>): Promise<void> {
    this.#swarm.addJob(job);
    try {
      this.#fetched.set(job.id, await fetchJob(job, this.#swarm));
      this.dispatch({ type: 'fetched', job: job.id });
    } catch (error) {
      this.dispatch({ type: 'fetch-failed', job: job.id, ...troubleOf(error) });
    }
  }

  async #part(): Promise<void> {
    await this.#swarm.parting();
    this.dispatch({ type: 'parted' });
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#fetched.clear();
    await Promise.all([this.#swarm.stop(), this.#options.storage.settled()]);
    this.#options.onStopped?.();
  }
}
