import type { BlobRef } from '../../shared/blob/ref.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { decodeOutput, hasReferences } from '../../shared/verdict/output.ts';
import type { VerdictRecord } from '../scheduler/events.ts';

/** A blob that a verdict's output refers to. */
export interface Reference {
  /** Within the block. */
  shard: number;
  blob: BlobRef;
}

/** What the outputs of these verdicts refer to. Outputs that cannot be read refer to nothing. */
export function referencesOf(record: VerdictRecord): Reference[] {
  const references: Reference[] = [];
  const { shards, statuses, lengths, outputs } = record;
  let at = 0;
  for (let i = 0; i < shards.length; i++) {
    const output = outputs.subarray(at, at + lengths[i]);
    at += lengths[i];
    if (statuses[i] !== Outcome.ok || !hasReferences(output)) continue;
    for (const blob of blobsIn(output)) references.push({ shard: shards[i], blob });
  }
  return references;
}

function blobsIn(output: Uint8Array): BlobRef[] {
  try {
    return (decodeOutput(output).referred ?? []).map(({ blob }) => blob);
  } catch {
    return [];
  }
}
