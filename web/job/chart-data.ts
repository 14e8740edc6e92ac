import type { ResultRow } from '../../shared/api/schemas.ts';

/** The numbers of one result: what went in and what came out. */
export interface Sample {
  shard: number;
  input: Readonly<Record<string, string | number>>;
  /** By name; a single number is called by an empty name. */
  output: ReadonlyMap<string, number>;
}

/** Members of an array that are drawn; longer ones are data and no figures. */
const MOST_MEMBERS = 4;

/** The numbers in a row; null where there are none. */
export function sampleOf(row: ResultRow): Sample | null {
  if (row.status !== 'ok') return null;
  const output = new Map<string, number>();
  if (row.value !== undefined) collect(row.value, '', output);
  else if (row.stdout && 'text' in row.stdout) collect(parseText(row.stdout.text), '', output);
  return output.size === 0 ? null : { shard: row.shard, input: row.input, output };
}

/** Standard output as JSON, or as numbers with spaces or commas between. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const words = text.trim().split(/[\s,]+/);
    return words.length <= MOST_MEMBERS ? words.map(Number) : null;
  }
}

function collect(value: unknown, name: string, into: Map<string, number>): void {
  if (typeof value === 'number' && Number.isFinite(value)) into.set(name, value);
  else if (Array.isArray(value) && value.length <= MOST_MEMBERS) {
    for (const [at, member] of value.entries()) collect(member, joined(name, String(at + 1)), into);
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, member] of Object.entries(value)) collect(member, joined(name, key), into);
  }
}

function joined(name: string, part: string): string {
  return name === '' ? part : `${name} ${part}`;
}

/** What can be drawn over what: names of inputs that vary in numbers, and of outputs. */
export interface ChartFields {
  along: string[];
  values: string[];
}

/** The fields of samples, the likeliest first: the input that varies fastest. */
export function chartFields(samples: readonly Sample[]): ChartFields {
  const inputs = new Map<string, Set<string | number>>();
  const values = new Set<string>();
  for (const { input, output } of samples) {
    for (const [name, value] of Object.entries(input)) {
      const seen = inputs.get(name) ?? new Set();
      inputs.set(name, seen.add(value));
    }
    for (const name of output.keys()) values.add(name);
  }
  const along = [...inputs]
    .filter(([, seen]) => seen.size > 1 && [...seen].every((value) => typeof value === 'number'))
    .map(([name]) => name)
    .toReversed();
  // The shard's number is an input like others, but says least.
  const others = along.filter((name) => name !== 'shard');
  return { along: others.length > 0 ? others : along, values: [...values] };
}

/** Lines over one axis: `columns[k][n]` is line k at `along[n]`, null where it has no point. */
export interface ChartLines {
  along: number[];
  names: string[];
  columns: (number | null)[][];
  /** Lines left out, because nobody can follow more. */
  left: number;
}

const MOST_LINES = 8;

/** One output over one input; the other inputs that vary make a line for each of their combinations. */
export function chartLines(samples: readonly Sample[], along: string, value: string): ChartLines {
  const others = varying(samples).filter((name) => name !== along && name !== 'shard');
  const points = new Map<string, Map<number, number>>();
  const keys = new Map<string, (string | number)[]>();
  const all = new Set<number>();
  for (const { input, output } of samples) {
    const x = input[along];
    const y = output.get(value);
    if (typeof x !== 'number' || y === undefined) continue;
    const line = others.map((name) => `${name} ${input[name]}`).join(', ');
    const of = points.get(line) ?? new Map<number, number>();
    points.set(line, of.set(x, y));
    keys.set(
      line,
      others.map((name) => input[name]),
    );
  }
  const names = [...keys].toSorted(([, a], [, b]) => compareValues(a, b)).map(([name]) => name);
  const shown = names.slice(0, MOST_LINES);
  for (const name of shown) for (const x of points.get(name)?.keys() ?? []) all.add(x);
  const xs = [...all].toSorted((a, b) => a - b);
  return {
    along: xs,
    names: shown,
    columns: shown.map((name) => xs.map((x) => points.get(name)?.get(x) ?? null)),
    left: names.length - shown.length,
  };
}

/** Orders lists of values as a reader does: numbers by size, before texts. */
function compareValues(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    if (typeof left === typeof right) return String(left) < String(right) ? -1 : 1;
    return typeof left === 'number' ? -1 : 1;
  }
  return 0;
}

function varying(samples: readonly Sample[]): string[] {
  const first = samples[0]?.input ?? {};
  return Object.keys(first).filter((name) =>
    samples.some(({ input }) => input[name] !== first[name]),
  );
}
