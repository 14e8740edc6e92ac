import { proxy, wrap } from 'comlink';
import { useEffect, useState } from 'react';
import type { SlicedInputs } from '../../shared/job/index-builder.ts';
import { decodeIndex, type SliceIndex } from '../../shared/job/slice-index.ts';
import { request as text } from '../text/en/request.ts';
import type { Draft } from './draft.ts';
import type { Indexer } from './index-file.worker.ts';
import { NO_BLOBS, toSpec } from './to-spec.ts';

/** What is known of where the input file's shards begin. */
export type FileIndexState =
  | { stage: 'none' }
  | { stage: 'reading'; share: number }
  | { stage: 'ready'; index: SliceIndex; blob: Uint8Array<ArrayBuffer>; inputs: SlicedInputs }
  | { stage: 'failed'; message: string };

/** Typing a number of several digits should read a large file once. */
const SETTLE_MS = 300;

/** Reads the draft's input file, in a worker, to know its shards; again when how it is cut changes. */
export function useFileIndex(draft: Draft): FileIndexState {
  const [state, setState] = useState<FileIndexState>({ stage: 'none' });
  const { kind, file } = draft.inputs;
  const size = cutSize(draft);

  useEffect(() => {
    setState({ stage: 'none' });
    if (!file || size === null) return;
    const stand = NO_BLOBS.program;
    const inputs: SlicedInputs =
      kind === 'chunks'
        ? { kind, file: stand, bytes: size }
        : { kind: 'lines', file: stand, perShard: size };
    let worker: Worker | null = null;
    const timer = setTimeout(() => {
      worker = new Worker(new URL('./index-file.worker.ts', import.meta.url), { type: 'module' });
      setState({ stage: 'reading', share: 0 });
      void readIndex(worker, file, inputs, setState);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      worker?.terminate();
    };
  }, [file, kind, size]);

  return state;
}

/** Lines or bytes of a shard; null where the inputs are of another kind or the field is not right yet. */
function cutSize(draft: Draft): number | null {
  const { inputs } = toSpec(draft, NO_BLOBS);
  if (inputs.kind !== 'lines' && inputs.kind !== 'chunks') return null;
  const size = inputs.kind === 'lines' ? inputs.perShard : inputs.bytes;
  const least = inputs.kind === 'lines' ? 1 : 1024;
  return size !== undefined && Number.isInteger(size) && size >= least ? size : null;
}

async function readIndex(
  worker: Worker,
  file: File,
  inputs: SlicedInputs,
  show: (state: FileIndexState) => void,
): Promise<void> {
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => reject(event));
  });
  const onRead = (bytes: number) => show({ stage: 'reading', share: bytes / file.size });
  try {
    const reading = wrap<Indexer>(worker).index(file, inputs, proxy(onRead));
    const outcome = await Promise.race([reading, broken]);
    if (!outcome.ok) return show({ stage: 'failed', message: outcome.message });
    const blob = outcome.index;
    show({ stage: 'ready', index: decodeIndex(blob), blob, inputs });
  } catch {
    // The file was moved, changed or is not readable.
    show({ stage: 'failed', message: text.errors.fileUnreadable });
  } finally {
    worker.terminate();
  }
}
