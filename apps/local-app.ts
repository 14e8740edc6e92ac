import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltApp, buildApps } from '../scripts/build-apps.ts';
import { repositoryRoot } from '../scripts/repository.ts';
import { fromUtf8 } from '../shared/bytes.ts';
import { countShards, inputFields } from '../shared/job/inputs.ts';
import type { JobSpec } from '../shared/job/spec.ts';
import { toJobView } from '../shared/job/to-view.ts';
import { Outcome, outcomeName } from '../shared/verdict/outcome.ts';
import { decodeOutput } from '../shared/verdict/output.ts';
import { wasiExecutor } from '../worker/executors/wasi.ts';

/** A sample program that runs its shards here, through the executor that nodes run it with. */
export interface LocalApp {
  spec: JobSpec;
  shards: number;
  /**
   * What one shard wrote to stdout.
   * @throws Error where it failed.
   */
  stdout(shard: number): Promise<Uint8Array>;
  /** As `stdout`, as text. */
  text(shard: number): Promise<string>;
}

/** A sample program as it would be posted. */
export async function builtApp(name: string): Promise<BuiltApp> {
  const app = (await buildApps()).find((candidate) => candidate.name === name);
  if (!app) throw new Error(`There is no app "${name}"`);
  return app;
}

/** The bytes of one of an app's blobs. */
export function blobOf(app: BuiltApp, id: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(join(repositoryRoot, 'dist/apps', app.name, app.blobs[id])));
}

/**
 * Builds and prepares a WASI sample program.
 * @param change parts of its job spec to replace, to try other inputs.
 */
export async function localApp(name: string, change: Partial<JobSpec> = {}): Promise<LocalApp> {
  const app = await builtApp(name);
  const spec = { ...app.spec, ...change };
  const program = blobOf(app, spec.program.blob);
  const shards = countShards(spec.inputs);
  const job = toJobView(spec, { id: name, project: name, shards, programBytes: program.length });
  const instance = await wasiExecutor.prepare({ job, program, blobs: new Map() });
  const stdout = async (shard: number) => {
    const fields = inputFields(spec.inputs, shard);
    const result = await instance.run({ shard, fields, checkpoint: null, onCheckpoint: () => {} });
    if (result.outcome !== Outcome.ok) {
      throw new Error(`${outcomeName(result.outcome)}: ${result.message} ${result.stderr}`);
    }
    // The canonical output is a view that the next run may overwrite.
    return (decodeOutput(result.output).stdout ?? new Uint8Array()).slice();
  };
  return { spec, shards, stdout, text: async (shard) => fromUtf8(await stdout(shard)) };
}
