import type { BuiltApp } from '../scripts/build-apps.ts';
import { concat } from '../shared/bytes.ts';
import { indexBuilder } from '../shared/job/index-builder.ts';
import { countShards, inputFields } from '../shared/job/inputs.ts';
import { planStages } from '../shared/job/plan-stages.ts';
import { decodeIndex } from '../shared/job/slice-index.ts';
import { shardRange, splitSlices } from '../shared/job/slices.ts';
import type { JobSpec, Take } from '../shared/job/spec.ts';
import { toJobView } from '../shared/job/to-view.ts';
import { Outcome, outcomeName } from '../shared/verdict/outcome.ts';
import { decodeOutput } from '../shared/verdict/output.ts';
import { wasiExecutor } from '../worker/executors/wasi.ts';
import { blobOf, builtApp } from './local-app.ts';

/** What each shard collected: its files in their order, or its stdout. */
type Collected = readonly (readonly Uint8Array[])[];
/** Content of a shard; undefined for inputs without. */
type Contents = (shard: number) => Uint8Array<ArrayBuffer> | undefined;

/**
 * Builds a sample program in stages and runs all of it here, through the executor of the nodes.
 * @param change parts of its job spec to replace, to try other inputs
 * @returns what the shards of the first stage collected, and those of the last
 * @throws Error where a shard failed
 */
export async function localStages(
  name: string,
  change: Partial<JobSpec> = {},
): Promise<{ first: Collected; last: Collected }> {
  const app = await builtApp(name);
  const spec = { ...app.spec, ...change };
  const { shards, contents } = firstContents(spec, app);
  const first = await runAll(spec, app, shards, contents);
  let last = first;
  for (const stage of planStages(spec, shards)) {
    const given = shareOut(last, stage.take, stage.shards);
    last = await runAll(stage.spec, app, stage.shards, (shard) => given[shard]);
  }
  return { first, last };
}

function firstContents({ inputs }: JobSpec, app: BuiltApp): { shards: number; contents: Contents } {
  if (inputs.kind !== 'chunks') return { shards: countShards(inputs), contents: () => undefined };
  const file = blobOf(app, inputs.file);
  const builder = indexBuilder(inputs);
  builder.push(file);
  const index = decodeIndex(builder.finish());
  return {
    shards: index.shards,
    contents(shard) {
      const { start, end } = shardRange(index, shard, 1);
      return splitSlices(index, inputs, shard, 1, file.slice(start, end)).bytes;
    },
  };
}

function shareOut(outputs: Collected, take: Take, shards: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: shards }, (_, shard) =>
    concat(
      take.kind === 'groups'
        ? outputs.map((files) => files[shard])
        : outputs.slice(shard * take.arity, (shard + 1) * take.arity).map(([field]) => field),
    ),
  );
}

async function runAll(
  spec: JobSpec,
  app: BuiltApp,
  shards: number,
  contents: Contents,
): Promise<Collected> {
  const program = blobOf(app, spec.program.blob);
  const facts = { id: spec.name, project: '', shards, programBytes: program.length };
  const job = toJobView(spec, facts);
  const instance = await wasiExecutor.prepare({ job, program, blobs: new Map() });
  const collected: Uint8Array[][] = [];
  for (let shard = 0; shard < shards; shard++) {
    const bytes = contents(shard);
    const fields = inputFields(spec.inputs, shard, bytes && { bytes, offset: 0 });
    const run = { shard, fields, checkpoint: null, onCheckpoint: () => {} };
    const { outcome, output, message, stderr } = await instance.run(run);
    if (outcome !== Outcome.ok) throw new Error(`${outcomeName(outcome)}: ${message} ${stderr}`);
    const { files, stdout = new Uint8Array() } = decodeOutput(output);
    // The output is a view that the next run may overwrite.
    collected.push((files?.map((file) => file.bytes) ?? [stdout]).map((part) => part.slice()));
  }
  return collected;
}
