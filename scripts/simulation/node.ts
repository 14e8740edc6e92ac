import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import { Engine } from '../../worker/engine/core/engine.ts';
import type {
  EngineEffect,
  EngineEvent,
  Kept,
  KeptCheckpoint,
  KeptLease,
  KeptSubmission,
} from '../../worker/engine/events.ts';
import type { Character } from './characters.ts';
import type { VirtualJob } from './jobs.ts';
import type { Random } from './random.ts';
import { VirtualRunners } from './runner.ts';
import type { Timeline } from './timeline.ts';

/** The way to a coordinator, as a node has it. */
export interface Port {
  send(frame: NodeFrame): void;
  close(): void;
}

/** Gives a node a connection, or null where the coordinator cannot be reached. */
export type Connect = (
  node: VirtualNode,
  received: (frame: CoordinatorFrame) => void,
  closed: () => void,
) => Port | null;

/** One browser profile: the real engine, its storage, and a machine that is simulated. */
export class VirtualNode {
  readonly number: number;
  readonly key: Uint8Array<ArrayBuffer>;
  readonly network: string | null;
  readonly character: Character;
  readonly threads: number;
  readonly #slowness: number;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #jobs: ReadonlyMap<string, VirtualJob>;
  readonly #connect: Connect;
  readonly #misled: (node: VirtualNode, job: number, shard: number, by: number) => void;
  readonly #storage = {
    submissions: new Map<string, KeptSubmission>(),
    leases: new Map<string, KeptLease>(),
    checkpoints: new Map<string, KeptCheckpoint>(),
  };
  #engine: Engine | null = null;
  #runners: VirtualRunners | null = null;
  #port: Port | null = null;
  /** Shards run in earlier lives. */
  #ran = 0;
  /** Changes with every life of the page. */
  #life = 0;

  constructor(
    timeline: Timeline,
    random: Random,
    jobs: ReadonlyMap<string, VirtualJob>,
    connect: Connect,
    traits: {
      number: number;
      character: Character;
      network: string | null;
      misled: (node: VirtualNode, job: number, shard: number, by: number) => void;
    },
  ) {
    this.#timeline = timeline;
    this.#random = random;
    this.#jobs = jobs;
    this.#connect = connect;
    this.number = traits.number;
    this.#misled = traits.misled;
    this.key = new Uint8Array(32);
    new DataView(this.key.buffer).setUint32(0, traits.number);
    this.character = traits.character;
    this.network = traits.network;
    this.threads = 1 + random.below(4);
    this.#slowness = random.between(0.6, 3);
  }

  /** Shards run in all of its lives. */
  get shardsRun(): number {
    return this.#ran + (this.#runners?.ran ?? 0);
  }

  get alive(): boolean {
    return this.#engine !== null;
  }

  /** The page is opened and Start clicked. */
  start(): void {
    this.#life++;
    const life = this.#life;
    this.#runners = new VirtualRunners(
      this.#timeline,
      this.#random,
      {
        number: this.number,
        character: this.character,
        slowness: this.#slowness,
        misled: (job, shard, by) => this.#misled(this, job, shard, by),
      },
      this.#jobs,
      (event) => {
        if (this.#life === life) this.#handle(event);
      },
    );
    this.#engine = new Engine({
      publicKey: this.key,
      agent: 'simulation',
      kinds: ['wasi', 'javascript'],
      memoryMiB: 512,
      projects: null,
    });
    this.#handle({ type: 'start', kept: this.#kept() });
    this.#handle({ type: 'budget', threads: this.threads, reason: null });
  }

  /** The page is closed in order: its storage stays. */
  leave(): void {
    this.#handle({ type: 'leave' });
    this.#end();
  }

  /** The machine dies: nothing is said to anybody. */
  crash(): void {
    this.#end();
  }

  /** The contributor's buttons. */
  press(button: 'pause' | 'resume'): void {
    this.#handle({ type: button });
  }

  #end(): void {
    this.#ran += this.#runners?.ran ?? 0;
    this.#engine = null;
    this.#runners = null;
    this.#life++;
    this.#port?.close();
    this.#port = null;
  }

  #kept(): Kept {
    return {
      submissions: [...this.#storage.submissions.values()],
      leases: [...this.#storage.leases.values()],
      checkpoints: [...this.#storage.checkpoints.values()],
    };
  }

  #handle(event: EngineEvent): void {
    for (const effect of this.#engine?.handle(event, this.#timeline.now) ?? []) this.#play(effect);
  }

  #later(milliseconds: number, event: EngineEvent): void {
    const life = this.#life;
    this.#timeline.after(milliseconds, () => {
      if (this.#life === life) this.#handle(event);
    });
  }

  #play(effect: EngineEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#dial();
        break;
      case 'disconnect':
        this.#port?.close();
        this.#port = null;
        this.#later(0, { type: 'closed', random: this.#random.next() });
        break;
      case 'send':
        this.#port?.send(effect.frame);
        break;
      case 'prove': {
        const signature = new Uint8Array(64);
        this.#later(1, { type: 'proved', challenge: effect.challenge, signature });
        break;
      }
      case 'sign': {
        const signature = new Uint8Array(64);
        this.#later(1, { type: 'signed', submission: effect.submission, signature });
        break;
      }
      case 'fetch':
        this.#fetch(effect.job.id);
        break;
      case 'wake':
        this.#later(effect.at - this.#timeline.now, { type: 'tick' });
        break;
      case 'release':
      case 'stopped':
        break;
      default:
        if ('slot' in effect) this.#runners?.play(effect);
        else this.#store(effect);
    }
  }

  #dial(): void {
    const life = this.#life;
    this.#timeline.after(this.#random.between(10, 300), () => {
      if (this.#life !== life) return;
      const port: Port | null = this.#connect(
        this,
        (frame) => {
          if (this.#life === life && this.#port === port) this.#handle({ type: 'frame', frame });
        },
        () => {
          if (this.#life !== life || this.#port !== port) return;
          this.#port = null;
          this.#handle({ type: 'closed', random: this.#random.next() });
        },
      );
      this.#port = port;
      this.#handle(port ? { type: 'opened' } : { type: 'closed', random: this.#random.next() });
    });
  }

  #fetch(job: string): void {
    const took = this.#random.between(20, 2_000);
    if (this.#random.chance(0.01))
      this.#later(took, { type: 'fetch-failed', job, message: 'cut short' });
    else this.#later(took, { type: 'fetched', job });
  }

  #store(effect: EngineEffect): void {
    const { submissions, leases, checkpoints } = this.#storage;
    if (effect.type === 'keep-submission')
      submissions.set(effect.submission.key, effect.submission);
    else if (effect.type === 'forget-submission') submissions.delete(effect.key);
    else if (effect.type === 'keep-lease') leases.set(effect.lease.key, effect.lease);
    else if (effect.type === 'forget-lease') leases.delete(effect.key);
    else if (effect.type === 'keep-checkpoint')
      checkpoints.set(`${effect.checkpoint.job}/${effect.checkpoint.shard}`, effect.checkpoint);
    else if (effect.type === 'forget-checkpoint')
      checkpoints.delete(`${effect.job}/${effect.shard}`);
  }
}
