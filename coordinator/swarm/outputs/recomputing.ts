import type { BlobId } from '../../../shared/job/spec.ts';
import type { Dispatcher } from '../../gateway/dispatcher.ts';
import type { JobRow, NeededOutput, Store } from '../../store/store.ts';
import { Losses } from './losses.ts';

/** Verdicts that one lost output takes back at a time. */
const MAX_USES = 1000;

export interface RecomputingOptions {
  store: Pick<Store, 'outputsOfBlob' | 'job' | 'stagesOf'>;
  dispatcher: Pick<Dispatcher, 'reopenShards'>;
}

/** Has shards computed anew whose output is lost. */
export class Recomputing {
  readonly #options: RecomputingOptions;
  readonly #losses = new Losses();

  constructor(options: RecomputingOptions) {
    this.#options = options;
  }

  /** Verdicts whose output is lost are taken back, so that their shards are computed anew. */
  async begin(blob: BlobId): Promise<void> {
    const { store, dispatcher } = this.#options;
    const outputs = await store.outputsOfBlob(blob, MAX_USES);
    const needed = outputs.filter(({ released }) => !released);
    const shardsOf = new Map<string, number[]>();
    // Of what was released, one is enough for whoever asked for it.
    for (const output of needed.length > 0 ? needed : outputs.slice(0, 1)) {
      // It came after all.
      if (output.kept) continue;
      const row = await store.job(output.jobId);
      if (row?.state !== 'running' && row?.state !== 'done') continue;
      if (output.released && (await this.#wasGivenUp(row))) continue;
      const shard = shardOf(output, row.blockShards);
      if (!this.#losses.count(output.job, shard)) continue;
      shardsOf.set(output.jobId, [...(shardsOf.get(output.jobId) ?? []), shard]);
    }
    for (const [id, shards] of shardsOf) {
      const row = await store.job(id);
      if (row) await dispatcher.reopenShards(row, shards);
    }
  }

  /** Whether the job in stages that this one belongs to was cancelled, or came too late. */
  async #wasGivenUp({ stage }: JobRow): Promise<boolean> {
    const last = stage && (await this.#options.store.stagesOf(stage.first)).at(-1);
    return last?.state === 'cancelled' || last?.state === 'expired';
  }
}

/** The shard's number in its job. */
function shardOf({ block, shard }: NeededOutput, blockShards: number): number {
  return block * blockShards + shard;
}
