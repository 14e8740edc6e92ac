import type { BlobRef } from '../../shared/blob/ref.ts';
import { concat, utf8 } from '../../shared/bytes.ts';
import { MAX_INLINE_OUTPUT_BYTES } from '../../shared/job/limits.ts';
import type { JobView } from '../../shared/job/view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import {
  decodeOutput,
  encodeOutput,
  type Output,
  type Referred,
} from '../../shared/verdict/output.ts';
import type { BatchReport } from '../sandbox/runner.ts';
import { OUTPUT_SLACK_BYTES } from './core/limits.ts';

/** Keeps bytes where peers and the coordinator can have them, and names them. */
export type KeepOutput = (bytes: Uint8Array<ArrayBuffer>) => Promise<BlobRef>;

/**
 * An output whose large fields are references: what replicas agree on and what is submitted. Which
 * fields are replaced follows from the output alone, so equal outputs stay equal: those from
 * `fromBytes` bytes on, or every field that is not empty where the rest would be too long to submit.
 *
 * @param bytes canonical output of a successful run
 * @param keep is given copies
 * @throws ManyhandsError `OUTPUT_MALFORMED`; what `keep` throws
 */
export async function referOutput(
  bytes: Uint8Array,
  fromBytes: number,
  keep: KeepOutput,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = decodeOutput(bytes);
  const referred = await replaceFields(output, fromBytes, keep);
  const encoded = encodeOutput(referred);
  if (encoded.length <= MAX_INLINE_OUTPUT_BYTES || fromBytes === 0) return encoded;
  return encodeOutput(await replaceFields(output, 0, keep));
}

async function replaceFields(
  { stdout, stderr, exitCode, value, files }: Output,
  fromBytes: number,
  keep: KeepOutput,
): Promise<Output> {
  const output: Output = {};
  const referred: Referred[] = [];
  /** Whether it is a reference now. */
  const refer = async (field: Referred['field'], path: string, content: Uint8Array) => {
    if (content.length === 0 || content.length < fromBytes) return false;
    referred.push({ field, path, blob: await keep(Uint8Array.from(content)) });
    return true;
  };
  if (stdout && !(await refer('stdout', '', stdout))) output.stdout = stdout;
  if (stderr && !(await refer('stderr', '', stderr))) output.stderr = stderr;
  if (exitCode !== undefined) output.exitCode = exitCode;
  if (value !== undefined && !(await refer('value', '', utf8(value)))) output.value = value;
  for (const file of files ?? [])
    if (!(await refer('file', file.path, file.bytes))) {
      output.files ??= [];
      output.files.push(file);
    }
  if (referred.length > 0) output.referred = referred;
  return output;
}

/** Whether any output of the report is to refer to its bytes. A look at the lengths tells. */
export function isReferring({ statuses, lengths }: BatchReport, job: JobView): boolean {
  for (let k = 0; k < lengths.length; k++) if (mayRefer(statuses[k], lengths[k], job)) return true;
  return false;
}

/** A field is shorter than its output; what is beyond the job's limit fails elsewhere. */
function mayRefer(status: number, length: number, job: JobView): boolean {
  return (
    status === Outcome.ok &&
    length > job.referredFromBytes &&
    length <= job.limits.outputBytes + OUTPUT_SLACK_BYTES
  );
}

/**
 * The report with references in place of large fields, once all that it refers to is kept.
 *
 * @returns null where an output is not one: sandboxes run strangers' code
 * @throws what `keep` throws: the runs are in order, this node is not
 */
export async function referReport(
  report: BatchReport,
  job: JobView,
  keep: KeepOutput,
): Promise<BatchReport | null> {
  const outputs: Uint8Array[] = [];
  let at = 0;
  for (let k = 0; k < report.count; k++) {
    const output = report.outputs.subarray(at, at + report.lengths[k]);
    at += report.lengths[k];
    if (!mayRefer(report.statuses[k], output.length, job)) {
      outputs.push(output);
      continue;
    }
    try {
      if (decodeOutput(output).referred) return null;
    } catch {
      return null;
    }
    outputs.push(await referOutput(output, job.referredFromBytes, keep));
  }
  const lengths = Uint32Array.from(outputs, ({ length }) => length);
  return { ...report, lengths, outputs: concat(outputs) };
}
