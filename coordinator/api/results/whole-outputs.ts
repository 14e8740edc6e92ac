import { fromUtf8 } from '../../../shared/bytes.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import {
  decodeOutput,
  encodeOutput,
  hasReferences,
  type Output,
  type Referred,
} from '../../../shared/verdict/output.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { Outputs } from '../../swarm/outputs/outputs.ts';
import type { Verdict } from './row.ts';

/** Outputs that are asked for ahead of the one that is written. */
const AHEAD = 16;

/** What reading outputs needs that are blobs of their own. */
export interface OutputParts {
  blobs: Pick<BlobStore, 'load'>;
  outputs: Pick<Outputs, 'collect' | 'ask'>;
}

/**
 * The pages with bytes in place of references, for forms of results that have room for them. One
 * whole output is in memory at a time. References to what cannot be had now stay as they are.
 *
 * @param signal of whoever reads
 */
export async function* wholeOutputs(
  pages: AsyncIterable<Iterable<Verdict>>,
  parts: OutputParts,
  signal: AbortSignal,
): AsyncGenerator<Iterable<Verdict>> {
  for await (const page of pages) {
    const verdicts = [...page];
    const referring = verdicts.filter(refers);
    let asked = 0;
    let plain: Verdict[] = [];
    for (const verdict of verdicts) {
      if (verdict !== referring[0]) {
        plain.push(verdict);
        continue;
      }
      yield plain;
      plain = [];
      for (; asked < Math.min(AHEAD, referring.length); asked++) askFor(referring[asked], parts);
      yield [await whole(verdict, parts, signal)];
      referring.shift();
      asked--;
    }
    yield plain;
  }
}

function refers({ status, output }: Verdict): boolean {
  return status === Outcome.ok && hasReferences(output);
}

function askFor(verdict: Verdict, { outputs }: OutputParts): void {
  for (const { blob } of readOutput(verdict)?.referred ?? []) outputs.ask(blob.id);
}

async function whole(
  verdict: Verdict,
  { blobs, outputs }: OutputParts,
  signal: AbortSignal,
): Promise<Verdict> {
  const output = readOutput(verdict);
  if (!output?.referred) return verdict;
  const { referred, ...rest } = output;
  const found: Output = rest;
  const missing: Output['referred'] = [];
  for (const reference of referred) {
    const { field, path, blob } = reference;
    if ((await outputs.collect(blob.id, signal)) !== 'here') missing.push(reference);
    else fill(found, field, path, await blobs.load(blob.id));
  }
  if (missing.length > 0) found.referred = missing;
  return { ...verdict, output: encodeOutput(found) };
}

function fill(output: Output, field: Referred['field'], path: string, bytes: Uint8Array): void {
  if (field === 'value') output.value = fromUtf8(bytes);
  else if (field === 'file') output.files = [...(output.files ?? []), { path, bytes }];
  else output[field] = bytes;
}

/** Null where it is not one: whoever makes something of the verdict says so. */
function readOutput({ output }: Verdict): Output | null {
  try {
    return decodeOutput(output);
  } catch {
    return null;
  }
}
