import { toHex } from '../../../shared/bytes.ts';
import { DIGEST_BYTES, outputDigest } from '../../../shared/verdict/digest.ts';
import { GAVE_UP, isBeyondLimits, isTransient } from '../../../shared/verdict/outcome.ts';
import type {
  Results,
  ScheduledJob,
  SchedulerEffect,
  SubmissionRecord,
  VerdictRecord,
} from '../events.ts';

/** One run of one shard. */
interface Run {
  /** What it voted for; null for a run without a vote. */
  digest: string | null;
  network: string;
  /** Whether its output is known not to be that of its digest. */
  forged: boolean;
  /** Beyond a limit that the job sets. */
  exceeded: boolean;
}

/** What is durable about one shard, told in the plainest way. */
interface ShardLedger {
  /** By node key. */
  runs: Map<string, Run>;
  verdicts: number;
}

/**
 * Checks what a scheduler makes durable against its promises, with none of its code: no verdict
 * without a quorum of distinct nodes and networks, none without enough attempts to give up, none
 * twice, each with the output that its voters' digests name.
 */
export class Checker {
  readonly #jobs = new Map<number, ScheduledJob>();
  readonly #shards = new Map<string, ShardLedger>();
  /** Verdicts seen, by job. */
  readonly verdicts = new Map<number, number>();

  addJob(job: ScheduledJob): void {
    this.#jobs.set(job.job, job);
    this.verdicts.set(job.job, 0);
  }

  /** The effects of one event, when they have become durable together. */
  committed(effects: readonly SchedulerEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'keep-submission') this.#keep(effect.submission);
      else if (effect.type === 'keep-verdicts') this.#verdicts(effect.verdicts);
      else if (effect.type === 'finish-block') this.#finished(effect.job, effect.block);
      else if (effect.type === 'finish-job' && effect.state === 'done') this.#done(effect.job);
    }
  }

  /** Failed shards were opened again: whatever was before does not count for them. */
  retried(job: number, shard: number): void {
    this.#shards.delete(`${job}/${shard}`);
    this.verdicts.set(job, (this.verdicts.get(job) ?? 0) - 1);
  }

  /**
   * Whether nothing is lost if a node forgets its result for a shard: it is kept, or the shard has
   * its verdict, or the result does not count because of another one of its network.
   */
  mayForget(job: number, shard: number, key: string, network: string): boolean {
    const { runs, verdicts } = this.#ledger(job, shard);
    return runs.has(key) || verdicts > 0 || this.#isBarred(job, runs, network);
  }

  /** How a shard's runs were counted, for reports. */
  runsOf(job: number, shard: number): ReadonlyMap<string, Run> {
    return this.#ledger(job, shard).runs;
  }

  #keep({ claim, network, results }: SubmissionRecord): void {
    const { first, count, statuses, digests } = results;
    const forged = forgedIn(results);
    if (first < claim.first || first + count > claim.first + claim.count)
      throw new Error('results outside of their lease were kept');
    for (let i = 0; i < count; i++) {
      const { runs } = this.#ledger(claim.job, first + i);
      if (runs.has(claim.nodeKey) || this.#isBarred(claim.job, runs, network)) continue;
      const digest = isTransient(statuses[i])
        ? null
        : toHex(digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
      const exceeded = isBeyondLimits(statuses[i]);
      runs.set(claim.nodeKey, { digest, network, forged: forged.has(i), exceeded });
    }
  }

  /** Whether a run does not count because of another one of its network. */
  #isBarred(job: number, runs: ShardLedger['runs'], network: string): boolean {
    if (network === '' || this.#job(job).networks === 'relax') return false;
    return [...runs.values()].some((run) => run.network === network);
  }

  #verdicts(record: VerdictRecord): void {
    const job = this.#job(record.job);
    let start = 0;
    record.shards.forEach((place, i) => {
      const shard = record.block * job.blockShards + place;
      const output = record.outputs.subarray(start, start + record.lengths[i]);
      start += record.lengths[i];
      const ledger = this.#ledger(record.job, shard);
      if (++ledger.verdicts > 1) throw new Error(`shard ${shard} was decided twice`);
      if (shard >= job.shards) throw new Error(`shard ${shard} does not exist`);
      if (record.statuses[i] === GAVE_UP) this.#gaveUp(job, ledger, shard);
      else {
        const digest = toHex(outputDigest(record.statuses[i], output));
        this.#agreed(job, ledger, shard, digest, record.agreed[i]);
      }
    });
    if (start !== record.outputs.length) throw new Error('outputs and lengths differ');
    this.verdicts.set(record.job, (this.verdicts.get(record.job) ?? 0) + record.shards.length);
  }

  #agreed(
    job: ScheduledJob,
    { runs }: ShardLedger,
    shard: number,
    digest: string,
    agreed: number,
  ): void {
    const voters = [...runs].filter(([, run]) => run.digest === digest);
    const { quorum } = job.replication;
    if (voters.length < quorum || agreed < quorum)
      throw new Error(`shard ${shard} was decided with ${voters.length} of ${quorum} votes`);
    if (job.networks === 'relax') return;
    const counted = new Set(voters.map(([key, { network }]) => (network === '' ? key : network)));
    if (counted.size < quorum) throw new Error(`shard ${shard} was decided within one network`);
  }

  #gaveUp(job: ScheduledJob, { runs }: ShardLedger, shard: number): void {
    const { quorum, maxAttempts } = job.replication;
    const votes = new Map<string, number>();
    for (const { digest, forged } of runs.values())
      if (digest !== null && !forged) votes.set(digest, (votes.get(digest) ?? 0) + 1);
    const exceeded = [...runs.values()].filter((run) => run.exceeded).length;
    if (votes.size === 0 && exceeded >= quorum) return;
    if (Math.max(0, ...votes.values()) + maxAttempts - runs.size >= quorum)
      throw new Error(`shard ${shard} was given up after ${runs.size} runs`);
  }

  #finished(number: number, block: number): void {
    const job = this.#job(number);
    const first = block * job.blockShards;
    const end = Math.min(first + job.blockShards, job.shards);
    for (let shard = first; shard < end; shard++)
      if (this.#ledger(number, shard).verdicts !== 1)
        throw new Error(`block ${block} was finished without shard ${shard}`);
  }

  #done(number: number): void {
    const { shards } = this.#job(number);
    const verdicts = this.verdicts.get(number);
    if (verdicts !== shards) throw new Error(`job done with ${verdicts} of ${shards} verdicts`);
  }

  #job(number: number): ScheduledJob {
    const job = this.#jobs.get(number);
    if (!job) throw new Error(`there is no job ${number}`);
    return job;
  }

  #ledger(job: number, shard: number): ShardLedger {
    const name = `${job}/${shard}`;
    let ledger = this.#shards.get(name);
    if (!ledger) {
      ledger = { runs: new Map(), verdicts: 0 };
      this.#shards.set(name, ledger);
    }
    return ledger;
  }
}

/** Places whose output came with the submission and is not that of its digest. */
function forgedIn({ count, statuses, digests, lengths, outputs }: Results): Set<number> {
  const forged = new Set<number>();
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  let start = 0;
  for (let i = 0; i < count && outputs.length > 0; i++) {
    const end = start + view.getUint32(4 * i, true);
    const digest = outputDigest(statuses[i], outputs.subarray(start, end));
    if (toHex(digest) !== toHex(digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)))
      forged.add(i);
    start = end;
  }
  return forged;
}
