import { ManyhandsError } from '../errors.ts';
import { MAX_PARTS } from './limits.ts';
import type { Collect, JobSpec, Stage, Take } from './spec.ts';
import { defaultCollect } from './to-view.ts';

/** A job that a further stage of a posted job becomes; a tree becomes one for each of its levels. */
export interface PlannedStage {
  name: string;
  take: Take;
  /** Its own spec, with `parts` for inputs. */
  spec: JobSpec;
  shards: number;
  /** Place of the stage in the posted job's `stages`. */
  stated: number;
}

/**
 * The jobs that a job's further stages become. How many shards each has follows from the first
 * stage's alone: a group is a shard, and a tree's level has as many as the one before, divided by
 * its arity.
 *
 * @param shards of the first stage
 * @throws ManyhandsError STAGE_COLLECT_MISMATCH, STAGE_TOO_MANY_PARTS, PICTURE_WITH_STAGES;
 *   `facts.path` says where
 */
export function planStages(spec: JobSpec, shards: number): PlannedStage[] {
  const planned: PlannedStage[] = [];
  if (spec.stages.length > 0 && spec.picture)
    throw new ManyhandsError(
      'PICTURE_WITH_STAGES',
      'The outputs of a job in stages go on to its next stage, so they make no picture. Leave one of the two out.',
      { path: 'picture' },
    );
  let before = { collect: collectOf(spec), collectPath: 'collect', shards };
  spec.stages.forEach((stage, stated) => {
    const path = `stages.${stated}`;
    checkTaken(stage.take, before);
    const collect = collectOf(stage);
    const collectPath = `${path}.collect`;
    if (stage.take.kind === 'tree') checkTaken(stage.take, { collect, collectPath });
    for (const count of levels(stage.take, before.collect, before.shards)) {
      checkParts(stage.take, before.collect, before.shards, `${path}.take`);
      planned.push({
        name: stage.name,
        take: stage.take,
        spec: specOf(spec, stage, count),
        shards: count,
        stated,
      });
      before = { collect, collectPath, shards: count };
    }
  });
  return planned;
}

/** What is collected, as the files' paths and the other fields' names. */
interface Collected {
  files: readonly string[];
  others: readonly string[];
}

function collectOf({ collect, program }: Pick<Stage, 'collect' | 'program'>): Collected {
  const { files = [], ...rest }: Collect = collect ?? defaultCollect(program.kind);
  return { files, others: Object.entries(rest).flatMap(([name, on]) => (on ? [name] : [])) };
}

/** Whether what is collected is what the stage behind it takes. */
function checkTaken(
  { kind }: Take,
  { collect, collectPath }: { collect: Collected; collectPath: string },
): void {
  const { files, others } = collect;
  const fits =
    kind === 'groups'
      ? files.length > 0 && others.length === 0
      : files.length + others.length === 1 && !others.includes('exitCode');
  if (fits && new Set(files).size === files.length) return;
  throw new ManyhandsError(
    'STAGE_COLLECT_MISMATCH',
    kind === 'groups'
      ? 'The stage behind this one takes groups, so this one collects files and nothing else: one a group, each path once.'
      : 'A tree takes one field: the stage before it, and the tree itself, each collect exactly one of stdout, stderr, value or one file.',
    { path: collectPath, take: kind },
  );
}

/** Shards of the job, or of each of a tree's levels. */
function levels(take: Take, before: Collected, shards: number): number[] {
  if (take.kind === 'groups') return [before.files.length];
  const counts: number[] = [];
  let count = shards;
  do {
    count = Math.ceil(count / take.arity);
    counts.push(count);
  } while (count > 1);
  return counts;
}

function checkParts(take: Take, before: Collected, shards: number, path: string): void {
  const parts = take.kind === 'groups' ? shards * before.files.length : shards;
  if (parts <= MAX_PARTS) return;
  throw new ManyhandsError(
    'STAGE_TOO_MANY_PARTS',
    `This stage would take ${parts} outputs of the stage before it, and ${MAX_PARTS} are allowed. Give that one fewer shards with more work each, or fewer files.`,
    { path, parts, limit: MAX_PARTS },
  );
}

function specOf(whole: JobSpec, stage: Stage, shards: number): JobSpec {
  const { take: _, name, ...own } = stage;
  const { project, networks, deadline, priority } = whole;
  return {
    ...own,
    name: `${whole.name}: ${name}`.slice(0, 200),
    ...(project !== undefined && { project }),
    ...(deadline !== undefined && { deadline }),
    networks,
    priority,
    inputs: { kind: 'parts', shards },
    stages: [],
  };
}
