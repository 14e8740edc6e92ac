import { randomBytes } from 'node:crypto';
import { ManyhandsError } from '../../../shared/errors.ts';
import { BLOCK_SHARDS } from '../../../shared/job/limits.ts';
import { type PlannedStage, planStages } from '../../../shared/job/plan-stages.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { Dispatcher } from '../../gateway/dispatcher.ts';
import { type ChainLink, chainJobs } from '../../stages/chain.ts';
import type { JobRow, RequesterRow, Store } from '../../store/store.ts';
import { checkWithin } from '../problem.ts';
import { checkOutputs } from './check-outputs.ts';
import { checkPicture } from './check-picture.ts';
import { checkProgram } from './check-program.ts';
import { checkFields, checkSpec } from './check-spec.ts';
import { prepareInputs } from './prepare-inputs.ts';

/** Project of the jobs that name none. */
export const GENERAL_PROJECT = {
  id: 'general',
  name: 'General computing',
  purpose: 'Jobs that belong to no particular project.',
} as const;

/** Enough that nobody guesses a job's id, in characters that need no care in URLs and shells. */
const ID_BYTES = 10;

/** What posting needs; the dispatcher is told when all else is done. */
export interface PostingParts {
  store: Store;
  blobs: BlobStore;
  dispatcher: Pick<Dispatcher, 'addJob'>;
  now: () => number;
}

/**
 * Checks a job wholly, stores it and starts it. The cost does not depend on the number of shards
 * of a range or grid.
 *
 * @param idempotencyKey with the same key a requester gets the job that it posted before
 * @throws ManyhandsError PROJECT_UNKNOWN, IDEMPOTENCY_MISMATCH and those of the checks beside
 */
export async function postJob(
  written: JobSpec,
  requester: RequesterRow,
  idempotencyKey: string | null,
  { store, blobs, dispatcher, now }: PostingParts,
): Promise<JobRow> {
  const spec = { ...written, project: written.project ?? GENERAL_PROJECT.id };
  checkSpec(spec, now());
  checkOutputs(spec, blobs);
  await checkProject(spec.project, store);
  const programBytes = await checkProgram(spec, blobs);
  const { shards, index } = await prepareInputs(spec, blobs);
  checkPicture(spec, shards);
  const stages = await checkStages(planStages(spec, shards), { blobs, now });
  const [first, ...later] = chainJobs(
    { name: spec.name, take: null, spec, shards, programBytes },
    stages,
    () => randomBytes(ID_BYTES).toString('hex'),
  ).map((job) => ({
    ...job,
    requester: requester.number,
    blockShards: Math.min(BLOCK_SHARDS, job.shards),
    index: null,
    createdAt: now(),
    idempotencyKey: null,
  }));
  const row = await store.addJob({ ...first, index, idempotencyKey }, later);
  if (JSON.stringify(row.spec) !== JSON.stringify(spec))
    throw new ManyhandsError(
      'IDEMPOTENCY_MISMATCH',
      'This idempotency key was used for another job. Use a new key for a new job.',
      { job: row.id },
    );
  await dispatcher.addJob(row);
  return row;
}

/** Checks each further stage as a job of its own. The levels of a tree differ in nothing to check. */
async function checkStages(
  planned: readonly PlannedStage[],
  { blobs, now }: Pick<PostingParts, 'blobs' | 'now'>,
): Promise<ChainLink[]> {
  const programBytes = new Map<number, number>();
  for (const { spec, stated } of planned)
    if (!programBytes.has(stated))
      await checkWithin(`stages.${stated}`, async () => {
        checkFields(spec, now());
        checkOutputs(spec, blobs);
        programBytes.set(stated, await checkProgram(spec, blobs));
        await prepareInputs(spec, blobs);
      });
  return planned.map((stage) => ({
    ...stage,
    programBytes: programBytes.get(stage.stated) as number,
  }));
}

async function checkProject(id: string, store: Store): Promise<void> {
  const projects = await store.projects();
  if (projects.some((project) => project.id === id)) return;
  throw new ManyhandsError(
    'PROJECT_UNKNOWN',
    `There is no project "${id}". Create it first (POST /v1/projects) or leave it out.`,
    { path: 'project', project: id },
  );
}
