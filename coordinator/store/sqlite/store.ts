import type { Project } from '../../../shared/api/schemas.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { InputIndex } from '../../../shared/job/view.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import type { JobNumber, SubmissionRecord } from '../../scheduler/events.ts';
import { countingParts, failedShards, openShards, standingStatuses } from '../reopened.ts';
import type {
  BlockCounts,
  ClaimedBlock,
  CommitBatch,
  JobRow,
  LoggedVerdicts,
  NeededOutput,
  NewJob,
  RequesterRow,
  Store,
} from '../store.ts';
import { Blocks } from './blocks.ts';
import { changesOf } from './changes.ts';
import { type Database, openDatabase } from './database.ts';
import { Jobs } from './jobs.ts';
import { Nodes } from './nodes.ts';
import { Outputs } from './outputs.ts';
import { Projects } from './projects.ts';
import { Requesters } from './requesters.ts';
import { Retries } from './retries.ts';
import { readSecret } from './settings.ts';
import { Submissions } from './submissions.ts';
import { Verdicts } from './verdicts.ts';

/**
 * The store in one SQLite file of this process.
 * @throws ManyhandsError `STORE_IN_USE`, `STORE_FOREIGN`, `STORE_TOO_NEW`, `STORE_CORRUPT`, `STORE_FULL`, `STORE_FAILED`.
 */
export function openSqliteStore(path: string): SqliteStore {
  return new SqliteStore(openDatabase(path));
}

/** `Store` over one SQLite file. Calls block: SQLite is in this process. */
export class SqliteStore implements Store {
  readonly secret: Uint8Array;
  readonly #database: Database;
  readonly #requesters: Requesters;
  readonly #projects: Projects;
  readonly #jobs: Jobs;
  readonly #blocks: Blocks;
  readonly #submissions: Submissions;
  readonly #verdicts: Verdicts;
  readonly #retries: Retries;
  readonly #outputs: Outputs;
  readonly #nodes: Nodes;

  constructor(database: Database) {
    this.#database = database;
    this.secret = readSecret(database);
    this.#requesters = new Requesters(database);
    this.#projects = new Projects(database);
    this.#jobs = new Jobs(database);
    this.#blocks = new Blocks(database);
    this.#submissions = new Submissions(database);
    this.#verdicts = new Verdicts(database);
    this.#retries = new Retries(database);
    this.#outputs = new Outputs(database);
    this.#nodes = new Nodes(database);
  }

  async addRequester(requester: {
    name: string;
    tokenHash: string;
    admin: boolean;
  }): Promise<RequesterRow> {
    return this.#database.write(() => this.#requesters.add(requester));
  }

  async requesterByTokenHash(tokenHash: string): Promise<RequesterRow | null> {
    return this.#database.read(() => this.#requesters.byTokenHash(tokenHash));
  }

  async countRequesters(): Promise<number> {
    return this.#database.read(() => this.#requesters.count());
  }

  async putProject(project: Project): Promise<void> {
    this.#database.write(() => this.#projects.put(project));
  }

  async projects(): Promise<Project[]> {
    return this.#database.read(() => this.#projects.all());
  }

  async addJob(job: NewJob, later: readonly NewJob[] = []): Promise<JobRow> {
    return this.#database.write(() => this.#jobs.add(job, later));
  }

  async stagesOf(first: string): Promise<JobRow[]> {
    return this.#database.read(() => this.#jobs.stagesOf(first));
  }

  async startStage(job: JobNumber, index: InputIndex): Promise<void> {
    this.#database.write(() => this.#jobs.startStage(job, index));
  }

  async job(id: string): Promise<JobRow | null> {
    return this.#database.read(() => this.#jobs.byId(id));
  }

  async jobs(filter: Parameters<Store['jobs']>[0]): Promise<JobRow[]> {
    return this.#database.read(() => this.#jobs.list(filter));
  }

  async endJob(job: JobNumber, state: 'done' | 'cancelled' | 'expired', at: number): Promise<void> {
    this.#database.write(() => this.#jobs.end(job, state, at));
  }

  async claimBlock(job: JobNumber, block: number, owner: string): Promise<ClaimedBlock> {
    return this.#database.write(() => {
      const fence = this.#blocks.claim(job, block, owner);
      const submissions = this.#submissions.ofBlock(job, block);
      const retries = this.#retries.ofBlock(job, block);
      if (retries.length === 0)
        return { fence, submissions: submissions.map((kept) => kept.submission), retried: [] };
      const first = block * this.#jobs.blockShards(job);
      return {
        fence,
        submissions: submissions.flatMap(({ number, submission }) =>
          countingParts(submission, number, retries, first),
        ),
        retried: openShards(this.#standing(job, block), retries).map((shard) => first + shard),
      };
    });
  }

  async finishedBlocks(job: JobNumber): Promise<Set<number>> {
    return this.#database.read(() => this.#blocks.finished(job));
  }

  async blockCounts(job: JobNumber, blocks: number): Promise<BlockCounts[]> {
    return this.#database.read(() => this.#blocks.counts(job, blocks));
  }

  async commit(batch: CommitBatch): Promise<void> {
    const { blocks, jobs } = changesOf(batch);
    this.#database.write(() => {
      for (const change of blocks) this.#blocks.change(change);
      for (const submission of batch.submissions) this.#submissions.add(submission);
      for (const verdicts of batch.verdicts) {
        this.#verdicts.add(verdicts);
        this.#outputs.add(verdicts);
      }
      for (const { job, block } of batch.finished) this.#submissions.dropOutputs(job, block);
      for (const [job, totals] of jobs) this.#jobs.addTotals(job, totals);
      for (const { key, agreed, rejected } of batch.credits)
        this.#nodes.credit(key, agreed, rejected);
    });
  }

  async verdicts(job: JobNumber, after: number, limitBytes: number): Promise<LoggedVerdicts[]> {
    return this.#database.read(() => this.#verdicts.after(job, after, limitBytes));
  }

  async blockVerdicts(job: JobNumber, block: number): Promise<LoggedVerdicts[]> {
    return this.#database.read(() => this.#verdicts.ofBlock(job, block));
  }

  async shardStatuses(job: JobNumber, block: number): Promise<Map<number, number>> {
    return this.#database.read(() => this.#standing(job, block));
  }

  async submissionsOf(job: JobNumber, block: number): Promise<SubmissionRecord[]> {
    return this.#database.read(() =>
      this.#submissions.ofBlock(job, block).map(({ submission }) => submission),
    );
  }

  async retryShards(job: JobNumber, shards: readonly number[] | 'all'): Promise<number> {
    return this.#database.write(() => {
      const wanted = shards === 'all' ? null : new Set(shards);
      const blockShards = this.#jobs.blockShards(job);
      const isWanted = (block: number, shard: number) =>
        wanted === null || wanted.has(block * blockShards + shard);
      return this.#reopen(job, this.#verdicts.blocksWithFailures(job), (block, standing) =>
        failedShards(standing).filter((shard) => isWanted(block, shard)),
      );
    });
  }

  async reopenShards(job: JobNumber, shards: readonly number[]): Promise<number> {
    return this.#database.write(() => {
      const blockShards = this.#jobs.blockShards(job);
      const byBlock = Map.groupBy(new Set(shards), (shard) => Math.floor(shard / blockShards));
      return this.#reopen(job, [...byBlock.keys()], (block, standing) =>
        (byBlock.get(block) ?? [])
          .map((shard) => shard - block * blockShards)
          .filter((shard) => standing.has(shard))
          .sort((a, b) => a - b),
      );
    });
  }

  /** Opens decided shards of these blocks again. */
  #reopen(
    job: JobNumber,
    blocks: readonly number[],
    choose: (block: number, standing: ReadonlyMap<number, number>) => number[],
  ): number {
    const places = {
      afterSubmission: this.#submissions.last(),
      afterVerdict: this.#verdicts.last(),
    };
    const all = { done: 0, failed: 0 };
    for (const block of blocks) {
      const standing = this.#standing(job, block);
      const chosen = choose(block, standing);
      if (chosen.length === 0) continue;
      const done = chosen.filter((shard) => standing.get(shard) === Outcome.ok).length;
      const failed = chosen.length - done;
      this.#retries.add(job, block, { ...places, shards: Uint16Array.from(chosen) });
      for (const shard of chosen) this.#outputs.forget(job, block, shard);
      this.#blocks.reopen(job, block, { done, failed });
      all.done += done;
      all.failed += failed;
    }
    const reopened = all.done + all.failed;
    if (reopened > 0) this.#jobs.reopen(job, all);
    return reopened;
  }

  async outputsOnNodes(after: number, limit: number): Promise<NeededOutput[]> {
    return this.#database.read(() => this.#outputs.notKept(after, limit));
  }

  async outputsOfBlob(blob: BlobId, limit: number): Promise<NeededOutput[]> {
    return this.#database.read(() => this.#outputs.ofBlob(blob, limit));
  }

  async jobsWithOutputsOnNodes(): Promise<string[]> {
    return this.#database.read(() => this.#outputs.jobsNotKept());
  }

  async releaseOutputs(job: JobNumber): Promise<BlobId[]> {
    return this.#database.write(() => this.#outputs.release(job));
  }

  async outputKept(blob: BlobId): Promise<void> {
    this.#database.write(() => this.#outputs.markKept(blob));
  }

  async nodeTotals(key: string): Promise<{ agreed: number; rejected: number }> {
    return this.#database.read(() => this.#nodes.totals(key));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #standing(job: JobNumber, block: number): Map<number, number> {
    return standingStatuses(
      this.#verdicts.statusesOfBlock(job, block),
      this.#retries.ofBlock(job, block),
    );
  }
}
