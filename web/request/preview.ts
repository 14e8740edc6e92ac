import { ManyhandsError } from '../../shared/errors.ts';
import { functionInput } from '../../shared/job/function-input.ts';
import { fieldNames, inputFields, type ShardContent } from '../../shared/job/inputs.ts';
import type { JobSpec } from '../../shared/job/spec.ts';
import { parseTemplate, renderText } from '../../shared/job/template.ts';

/** What one shard will be given, as text. */
export interface PreviewRow {
  shard: number;
  /** The function's first argument, cut short; null for WASI programs. */
  input: string | null;
  args: string[];
}

const LONGEST = 120;

/**
 * What a shard will be given; null where the templates are not right.
 * @param content of file-backed shards
 */
export function previewShard(
  spec: JobSpec,
  shard: number,
  content?: ShardContent,
): PreviewRow | null {
  const names = fieldNames(spec.inputs);
  const fields = inputFields(spec.inputs, shard, content);
  try {
    const args = spec.args.map((arg) => short(renderText(parseTemplate(arg, names), fields)));
    if (spec.program.kind === 'wasi') return { shard, input: null, args };
    return { shard, input: short(show(functionInput(spec.inputs, fields))), args };
  } catch (thrown) {
    if (thrown instanceof ManyhandsError) return null;
    throw thrown;
  }
}

function show(input: unknown): string {
  return JSON.stringify(input, (_, value) =>
    value instanceof Uint8Array ? `Uint8Array(${value.length})` : value,
  );
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
