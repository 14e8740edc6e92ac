import { ManyhandsError } from '../../../shared/errors.ts';
import { MAX_PROGRAM_BYTES } from '../../../shared/job/limits.ts';
import { inspectModule } from '../../../shared/job/module.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import { checkJavaScript } from './check-javascript.ts';
import { requireInput } from './require-input.ts';

/**
 * Checks a job's program without running it. Returns its length in bytes.
 * @throws ManyhandsError BLOB_MISSING, BLOB_EMPTY, PROGRAM_TOO_LARGE, and those of `inspectModule`
 *   and `checkJavaScript`
 */
export async function checkProgram(
  { program, limits }: JobSpec,
  blobs: BlobStore,
): Promise<number> {
  const named = { id: program.blob, path: 'program.blob', maxBytes: Number.POSITIVE_INFINITY };
  const bytes = await requireInput(blobs, named);
  if (bytes > MAX_PROGRAM_BYTES)
    throw new ManyhandsError(
      'PROGRAM_TOO_LARGE',
      `The program has more than ${MAX_PROGRAM_BYTES} bytes. Strip it, or give its data as input files.`,
      { path: 'program.blob', bytes, limit: MAX_PROGRAM_BYTES },
    );
  const source = await blobs.load(program.blob);
  try {
    if (program.kind === 'javascript') checkJavaScript(source);
    else await checkWasi(source, limits.memoryMiB);
  } catch (error) {
    if (!(error instanceof ManyhandsError)) throw error;
    throw new ManyhandsError(error.code, error.message, { path: 'program.blob', ...error.facts });
  }
  return bytes;
}

/** As `checkModule`, but the engine validates in its own threads, so that nobody waits for it. */
async function checkWasi(bytes: Uint8Array<ArrayBuffer>, memoryMiB: number): Promise<void> {
  inspectModule(bytes, memoryMiB);
  try {
    await WebAssembly.compile(bytes);
  } catch (error) {
    throw new ManyhandsError(
      'MODULE_INVALID',
      `The WebAssembly module is not valid: ${error instanceof Error ? error.message : error}. Compile it again.`,
    );
  }
}
