import { toContent } from '../../../shared/api/contents.ts';
import type { BlobContent, ResultRow } from '../../../shared/api/schemas.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { type FileFacts, publicFields } from '../../../shared/job/inputs.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import { GAVE_UP, Outcome, outcomeName } from '../../../shared/verdict/outcome.ts';
import { decodeOutput, type Output } from '../../../shared/verdict/output.ts';
import type { LoggedVerdicts } from '../../store/store.ts';
import { cursorText } from './cursor.ts';

/** What of a job its rows are made with. */
export interface RowContext {
  spec: JobSpec;
  blockShards: number;
  /** Of `chunks`: where they begin. */
  facts: FileFacts | undefined;
}

/** One verdict, its output still in bytes. */
export interface Verdict {
  shard: number;
  cursor: string;
  status: number;
  agreed: number;
  confidence: number;
  /** Canonical output; a view into the record. */
  output: Uint8Array;
  message: string;
  stderr: string;
}

/** The verdicts of a record from place `from` on, in log order. */
export function* verdictsOf(
  { sequence, verdicts: record }: LoggedVerdicts,
  { blockShards }: Pick<RowContext, 'blockShards'>,
  from = 0,
): Generator<Verdict> {
  const details = new Map(record.details.map((detail) => [detail.at, detail]));
  let outputAt = 0;
  for (let i = 0; i < record.shards.length; i++) {
    const start = outputAt;
    outputAt += record.lengths[i];
    if (i < from) continue;
    const detail = details.get(i);
    yield {
      shard: record.block * blockShards + record.shards[i],
      cursor: cursorText({ sequence, offset: i + 1 }),
      status: record.statuses[i],
      agreed: record.agreed[i],
      confidence: record.confidence[i],
      output: record.outputs.subarray(start, outputAt),
      message: detail?.message ?? '',
      stderr: detail?.stderr ?? '',
    };
  }
}

/** Name of a failed verdict's outcome, as the API says it. */
export function failureName(status: number): string {
  return status === GAVE_UP ? 'gaveUp' : (outcomeName(status) ?? 'unknown');
}

/** A verdict as the API's row. */
export function toRow(verdict: Verdict, { spec, facts }: RowContext): ResultRow {
  const { shard, cursor, confidence, agreed } = verdict;
  const input = publicFields(spec.inputs, shard, facts);
  const base = { shard, cursor, input, confidence: roundConfidence(confidence), agreed };
  const output = readOutput(verdict, spec);
  if (output) return { ...base, status: 'ok', ...output };
  return {
    ...base,
    status: 'failed',
    failure: {
      outcome: verdict.status === Outcome.ok ? 'malformed' : failureName(verdict.status),
      message: verdict.message,
      stderr: verdict.stderr,
    },
  };
}

/**
 * The output of a verdict, or null where the program failed. With a quorum of one a hostile node
 * can have it say anything, so whatever the job does not collect is left out, and what cannot be
 * read makes the row a failed one.
 */
function readOutput({ status, output }: Verdict, spec: JobSpec): Partial<ResultRow> | null {
  if (status !== Outcome.ok) return null;
  try {
    return toFields(decodeOutput(output), spec);
  } catch (error) {
    if (error instanceof ManyhandsError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function toFields(output: Output, spec: JobSpec): Partial<ResultRow> {
  const row: Partial<ResultRow> = {};
  if (output.stdout) row.stdout = toContent(output.stdout);
  if (output.stderr) row.stderr = toContent(output.stderr);
  if (output.exitCode !== undefined && Number.isInteger(output.exitCode))
    row.exitCode = output.exitCode;
  if (output.value !== undefined) row.value = JSON.parse(output.value);
  const files = output.files?.map(({ path, bytes }) => ({ path, content: toContent(bytes) })) ?? [];
  for (const { field, path, blob } of output.referred ?? []) {
    const { id, bytes, manifest } = blob;
    const content: BlobContent = { blob: id, bytes, manifest };
    if (field === 'value') row.valueContent = content;
    else if (field === 'file') files.push({ path, content });
    else row[field] = content;
  }
  const places = new Map(spec.collect?.files?.map((path, at) => [path, at]));
  if (files.length > 0)
    row.files = files
      .filter(({ path }) => places.has(path))
      .sort((a, b) => (places.get(a.path) ?? 0) - (places.get(b.path) ?? 0));
  return row;
}

/** The store keeps single precision, whose digits beyond the seventh are noise. */
function roundConfidence(confidence: number): number {
  return Math.round(confidence * 1e7) / 1e7;
}
