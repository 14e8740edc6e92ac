import { ManyhandsError } from '../../shared/errors.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import { parseBytes } from './numbers.ts';

/** Inputs as the command line says them: files are still paths. */
export type LocalInputs =
  | Extract<JobSpecInput['inputs'], { kind: 'range' | 'grid' }>
  | { kind: 'lines'; path: string; perShard: number }
  | { kind: 'chunks'; path: string; bytes: number }
  | { kind: 'files'; paths: string[] };

export interface InputFlags {
  range?: string;
  grid?: string[];
  lines?: string;
  perShard?: number;
  files?: string[];
  chunks?: string;
  chunkBytes?: string;
}

type GridAxis = Extract<JobSpecInput['inputs'], { kind: 'grid' }>['axes'][number];

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?';
const SPAN = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?:\\.\\.(${NUMBER}))?$`);

/**
 * The one kind of inputs that the flags name.
 * @throws ManyhandsError `INPUTS_MISSING`, `INPUTS_AMBIGUOUS`, `OPTION_INVALID`.
 */
export function inputsFromFlags(flags: InputFlags): LocalInputs {
  const kinds: LocalInputs[] = [];
  if (flags.range !== undefined) kinds.push(parseRange(flags.range));
  if (flags.grid?.length) kinds.push({ kind: 'grid', axes: flags.grid.map(parseAxis) });
  if (flags.lines !== undefined)
    kinds.push({ kind: 'lines', path: flags.lines, perShard: flags.perShard ?? 1 });
  if (flags.files?.length) kinds.push({ kind: 'files', paths: flags.files });
  if (flags.chunks !== undefined)
    kinds.push({
      kind: 'chunks',
      path: flags.chunks,
      bytes: parseBytes(flags.chunkBytes ?? '1MiB'),
    });
  if (kinds.length === 1) return kinds[0];
  if (kinds.length === 0)
    throw new ManyhandsError(
      'INPUTS_MISSING',
      'Say what to run the program on: --range, --grid, --lines, --files or --chunks.',
    );
  throw new ManyhandsError(
    'INPUTS_AMBIGUOUS',
    'A job has one kind of inputs; several are given here.',
    {
      kinds: kinds.map(({ kind }) => kind).join(', '),
    },
  );
}

/** `1..100` or `0..100..5`, ends included. */
function parseRange(text: string): LocalInputs {
  const match = SPAN.exec(text);
  if (!match) throw invalid('--range', text, '1..1000 or 0..1000..10');
  const [from, to, step] = [match[1], match[2], match[3] ?? '1'].map(Number);
  return { kind: 'range', from, to, step };
}

/** `rate=0.1,0.2,0.4`, `name=a,b,c`, `x=0..10..0.5`. */
function parseAxis(text: string): GridAxis {
  const at = text.indexOf('=');
  if (at < 1) throw invalid('--grid', text, 'rate=0.1,0.2 or x=0..10..0.5');
  const name = text.slice(0, at);
  const rest = text.slice(at + 1);
  const match = SPAN.exec(rest);
  if (match)
    return { name, from: Number(match[1]), to: Number(match[2]), step: Number(match[3] ?? 1) };
  const parts = rest.split(',');
  const numeric = parts.every((part) => part.trim() !== '' && Number.isFinite(Number(part)));
  return { name, values: numeric ? parts.map(Number) : parts };
}

function invalid(flag: string, text: string, example: string): ManyhandsError {
  return new ManyhandsError(
    'OPTION_INVALID',
    `${flag} "${text}" cannot be read. Write it like ${example}.`,
    {
      flag,
      value: text,
    },
  );
}
