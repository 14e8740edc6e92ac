import type { EngineEffect, EngineEvent, PlannedBatch } from '../../worker/engine/events.ts';
import { answer, type Character, type Claimed, spoils, spoiltAnswer } from './characters.ts';
import type { VirtualJob } from './jobs.ts';
import { type Progress, readProgress, writeProgress } from './progress.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

type SlotEffect = Extract<EngineEffect, { slot: number }>;

/** Milliseconds until a new or killed sandbox is ready, and to load a program. */
const READY_MS = 60;
const LOAD_MS = 40;
/** Sandboxes that break down by themselves, for each batch. */
const DIES = 0.0005;
/** A batch is reported in one go where it takes less than this, else shard by shard. */
const TOGETHER_MS = 1_000;
/** Programs whose shards take longer write a checkpoint half way. */
const CHECKPOINT_FROM_MS = 8_000;

interface Slot {
  /** Changes with every kill, so that what was under way before is heard no more. */
  life: number;
  queue: { job: VirtualJob; batch: PlannedBatch; next: number }[];
  busy: boolean;
}

/** The node that the sandboxes are of. */
export interface RunnerNode {
  number: number;
  character: Character;
  slowness: number;
  /** Told when this node answers what a checkpoint made it answer. */
  misled(job: number, shard: number, by: number): void;
}

/** All sandboxes of one node: they take virtual time and give answers of the node's character. */
export class VirtualRunners {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #node: RunnerNode;
  readonly #jobs: ReadonlyMap<string, VirtualJob>;
  readonly #tell: (event: EngineEvent) => void;
  readonly #slots = new Map<number, Slot>();
  /** Shards that were run. */
  ran = 0;

  constructor(
    timeline: Timeline,
    random: Random,
    node: RunnerNode,
    jobs: ReadonlyMap<string, VirtualJob>,
    tell: (event: EngineEvent) => void,
  ) {
    this.#timeline = timeline;
    this.#random = random;
    this.#node = node;
    this.#jobs = jobs;
    this.#tell = tell;
  }

  play(effect: SlotEffect): void {
    const { slot: number } = effect;
    if (effect.type === 'create-slot') {
      this.#slots.set(number, { life: 0, queue: [], busy: false });
      this.#ready(number);
      return;
    }
    const slot = this.#slots.get(number);
    if (!slot) throw new Error(`${effect.type} on a slot that is not there`);
    if (effect.type === 'load') {
      const { load } = effect;
      this.#later(number, slot, LOAD_MS, () => this.#tell({ type: 'loaded', slot: number, load }));
    } else if (effect.type === 'run') {
      const job = this.#jobs.get(effect.job.id);
      if (!job) throw new Error(`there is no ${effect.job.id}`);
      slot.queue.push({ job, batch: effect.batch, next: effect.batch.first });
      if (!slot.busy) this.#runNext(number, slot);
    } else {
      slot.life++;
      slot.queue = [];
      slot.busy = false;
      if (effect.type === 'dispose-slot') this.#slots.delete(number);
      else this.#ready(number);
    }
  }

  #ready(number: number): void {
    const slot = this.#slots.get(number);
    if (slot)
      this.#later(number, slot, READY_MS, () => this.#tell({ type: 'slot-ready', slot: number }));
  }

  #runNext(number: number, slot: Slot): void {
    const run = slot.queue[0];
    if (!run || this.#node.character === 'silent') return;
    slot.busy = true;
    const end = run.batch.first + run.batch.count;
    const each = run.job.shardMs * this.#node.slowness;
    const left = end - run.next;
    const count = each * left < TOGETHER_MS ? left : 1;
    if (this.#random.chance(DIES)) {
      this.#later(number, slot, each / 2, () => {
        slot.life++;
        slot.queue = [];
        slot.busy = false;
        this.#tell({ type: 'slot-died', slot: number, reason: 'out of memory' });
      });
      return;
    }
    const begun = count === 1 && run.next === run.batch.first ? run.batch.checkpoint : null;
    const progress = readProgress(begun);
    const restMs = each * count * (1 - progress.done);
    if (restMs > CHECKPOINT_FROM_MS)
      this.#later(number, slot, restMs / 2, () => {
        progress.done = (1 + progress.done) / 2;
        const how = spoils(this.#node.character);
        if (how) progress.spoilt = { by: this.#node.number, how };
        const bytes = writeProgress(progress);
        const { id } = run.batch;
        this.#tell({ type: 'checkpoint', slot: number, batch: id, shard: run.next, bytes });
      });
    this.#later(number, slot, restMs, () => {
      const first = run.next;
      run.next += count;
      if (run.next === end) slot.queue.shift();
      slot.busy = false;
      this.#report(number, run.batch.id, run.job, first, count, each, progress);
      if (!slot.busy) this.#runNext(number, slot);
    });
  }

  #report(
    slot: number,
    batch: number,
    job: VirtualJob,
    first: number,
    count: number,
    each: number,
    progress: Progress,
  ): void {
    this.ran += count;
    const answers: Claimed[] = [];
    for (let shard = first; shard < first + count; shard++)
      answers.push(this.#answer(job.spec.job, shard, progress));
    const lengths = Uint32Array.from(answers, ({ output }) => output.length);
    const outputs = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    const digests = new Uint8Array(count * 32);
    let end = 0;
    answers.forEach(({ output, digest }, i) => {
      outputs.set(output, end);
      end += output.length;
      digests.set(digest, 32 * i);
    });
    const report = {
      batch,
      first,
      count,
      statuses: Uint8Array.from(answers, ({ outcome }) => outcome),
      lengths,
      outputs,
      details: [],
      computeMicros: Math.round(each * count * 1000),
    };
    this.#tell({ type: 'report', slot, report, digests });
  }

  #answer(job: number, shard: number, { spoilt }: Progress): Claimed {
    const { character, number, misled } = this.#node;
    if (!spoilt || spoilt.by === number || character !== 'honest')
      return answer(character, job, shard, this.#random);
    misled(job, shard, spoilt.by);
    return spoiltAnswer(spoilt.how, job, shard);
  }

  #later(number: number, slot: Slot, milliseconds: number, action: () => void): void {
    const { life } = slot;
    this.#timeline.after(milliseconds, () => {
      if (slot.life === life && this.#slots.get(number) === slot) action();
    });
  }
}
