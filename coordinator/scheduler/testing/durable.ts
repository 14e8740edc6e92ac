import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import type {
  JobCounts,
  Results,
  ScheduledJob,
  SchedulerEffect,
  SchedulerEvent,
  SubmissionRecord,
  VerdictRecord,
} from '../events.ts';

/** What one block has in the store. */
interface DurableBlock {
  submissions: SubmissionRecord[];
  /** Latest status of each shard with a verdict, by its place in the block. */
  statuses: Map<number, number>;
  retried: Set<number>;
  finished: boolean;
}

interface DurableJob {
  spec: ScheduledJob;
  blocks: Map<number, DurableBlock>;
  state: 'running' | 'done' | 'expired' | 'cancelled';
}

/** What survives a crash in tests and simulations: a model of the store, with nothing left out that counts. */
export class Durable {
  readonly jobs = new Map<number, DurableJob>();
  /** Every verdict in the order of the commits. */
  readonly verdicts: VerdictRecord[] = [];
  readonly credits = new Map<string, { agreed: number; rejected: number }>();

  addJob(spec: ScheduledJob): void {
    this.jobs.set(spec.job, { spec, blocks: new Map(), state: 'running' });
  }

  /** Carries out those effects that a store carries out. */
  commit(effects: readonly SchedulerEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'keep-submission') {
        const { claim } = effect.submission;
        this.block(claim.job, claim.block).submissions.push(effect.submission);
      } else if (effect.type === 'keep-verdicts') this.#keepVerdicts(effect.verdicts);
      else if (effect.type === 'finish-block') this.block(effect.job, effect.block).finished = true;
      else if (effect.type === 'finish-job') this.job(effect.job).state = effect.state;
      else if (effect.type === 'credit') this.#credit(effect);
    }
  }

  job(number: number): DurableJob {
    const job = this.jobs.get(number);
    if (!job) throw new Error(`there is no job ${number}`);
    return job;
  }

  block(job: number, number: number): DurableBlock {
    const { blocks } = this.job(job);
    let block = blocks.get(number);
    if (!block) {
      block = { submissions: [], statuses: new Map(), retried: new Set(), finished: false };
      blocks.set(number, block);
    }
    return block;
  }

  claim(job: number, number: number): Extract<SchedulerEvent, { type: 'block-claimed' }> {
    const { submissions, retried } = this.block(job, number);
    return {
      type: 'block-claimed',
      job,
      block: number,
      submissions: [...submissions],
      retried: [...retried],
    };
  }

  /** What a coordinator that starts is told of a job. */
  added(job: number): Extract<SchedulerEvent, { type: 'job-added' }> {
    return {
      type: 'job-added',
      job: this.job(job).spec,
      finished: this.finished(job),
      counts: this.counts(job),
    };
  }

  finished(job: number): Set<number> {
    const blocks = [...this.job(job).blocks].filter(([, { finished }]) => finished);
    return new Set(blocks.map(([number]) => number));
  }

  counts(job: number): JobCounts {
    const counts = { done: 0, failed: 0 };
    for (const { statuses } of this.job(job).blocks.values())
      for (const status of statuses.values())
        if (status === 0) counts.done++;
        else counts.failed++;
    return counts;
  }

  /** Opens the failed among these shards again; returns how many they were. */
  retry(job: number, shards: readonly number[] | 'all'): number {
    const wanted = shards === 'all' ? null : new Set(shards);
    const { blockShards } = this.job(job).spec;
    let count = 0;
    for (const [number, block] of this.job(job).blocks) {
      const first = number * blockShards;
      const opened = [...block.statuses]
        .filter(([k, status]) => status !== 0 && (wanted?.has(first + k) ?? true))
        .map(([k]) => k);
      if (opened.length === 0) continue;
      count += opened.length;
      for (const k of opened) {
        block.statuses.delete(k);
        block.retried.add(first + k);
      }
      const cut = new Set(opened.map((k) => first + k));
      block.submissions = block.submissions.flatMap((record) => without(record, cut));
      block.finished = false;
    }
    if (count > 0) this.job(job).state = 'running';
    return count;
  }

  #keepVerdicts(record: VerdictRecord): void {
    this.verdicts.push(record);
    const { statuses, retried } = this.block(record.job, record.block);
    const first = record.block * this.job(record.job).spec.blockShards;
    record.shards.forEach((k, i) => {
      if (statuses.has(k)) throw new Error(`shard ${first + k} has a second verdict`);
      statuses.set(k, record.statuses[i]);
      retried.delete(first + k);
    });
  }

  #credit({ key, agreed, rejected }: { key: string; agreed: number; rejected: number }): void {
    const total = this.credits.get(key) ?? { agreed: 0, rejected: 0 };
    total.agreed += agreed;
    total.rejected += rejected;
    this.credits.set(key, total);
  }
}

/** The parts of a submission that are left when some shards are cut out. */
function without(record: SubmissionRecord, shards: ReadonlySet<number>): SubmissionRecord[] {
  const { first, count } = record.results;
  const parts: SubmissionRecord[] = [];
  let from = 0;
  for (let at = 0; at <= count; at++) {
    if (at < count && !shards.has(first + at)) continue;
    if (at > from) parts.push({ ...record, results: part(record.results, from, at) });
    from = at + 1;
  }
  return parts;
}

function part(results: Results, from: number, to: number): Results {
  const view = new DataView(results.lengths.buffer, results.lengths.byteOffset);
  const bytesBefore = (end: number) => {
    let bytes = 0;
    for (let i = 0; i < end; i++) bytes += view.getUint32(4 * i, true);
    return bytes;
  };
  return {
    ...results,
    first: results.first + from,
    count: to - from,
    statuses: results.statuses.subarray(from, to),
    digests: results.digests.subarray(DIGEST_BYTES * from, DIGEST_BYTES * to),
    lengths: results.lengths.subarray(4 * from, 4 * to),
    outputs: results.outputs.subarray(bytesBefore(from), bytesBefore(to)),
  };
}
