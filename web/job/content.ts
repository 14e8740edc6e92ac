import { contentLength, isBlob } from '../../shared/api/contents.ts';
import type { Content, ResultRow } from '../../shared/api/schemas.ts';
import { common } from '../text/en/common.ts';
import { job } from '../text/en/job.ts';
import { formatBytes, formatCount } from '../text/format.ts';

/** Characters of a cell in a table; the shard's own page has the rest. */
const LONGEST = 160;

/** A content as a cell of a table shows it. */
function contentCell(content: Content): string {
  if (isBlob(content)) return formatBytes(content.bytes);
  if ('base64' in content) return common.notText(formatBytes(contentLength(content)));
  return short(content.text.trimEnd());
}

/** One column of the table of results. */
export interface ResultColumn {
  name: string;
  cell(row: ResultRow): string;
}

/** The columns that these rows fill, beside the shard's number: its input, then its output. */
export function resultColumns(rows: readonly ResultRow[]): ResultColumn[] {
  const inputs = new Set(rows.flatMap(({ input }) => Object.keys(input)));
  inputs.delete('shard');
  const text = job.results;
  const outputs: ResultColumn[] = [
    { name: text.value, cell: valueCell },
    { name: text.stdout, cell: ({ stdout }) => (stdout ? contentCell(stdout) : '') },
    { name: text.stderr, cell: ({ stderr }) => (stderr ? contentCell(stderr) : '') },
    { name: text.exitCode, cell: ({ exitCode }) => (exitCode === undefined ? '' : `${exitCode}`) },
    { name: text.files, cell: ({ files }) => (files ?? []).map(fileCell).join(', ') },
    { name: text.failure, cell: ({ failure }) => (failure ? outcomeText(failure.outcome) : '') },
  ];
  return [
    ...[...inputs].map((name) => ({ name, cell: (row: ResultRow) => inputCell(row.input[name]) })),
    ...outputs.filter(({ cell }) => rows.some((row) => cell(row) !== '')),
  ];
}

/** An outcome's name of the API in words. */
export function outcomeText(outcome: string): string {
  if (outcome === 'gaveUp') return job.gaveUp;
  return (job.outcomes as Record<string, string>)[outcome] ?? outcome;
}

function inputCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' && Number.isInteger(value)
    ? formatCount(value)
    : short(String(value));
}

function fileCell({ path, content }: { path: string; content: Content }): string {
  return job.results.file(path, formatBytes(contentLength(content)));
}

function valueCell({ value, valueContent }: ResultRow): string {
  if (valueContent) return contentCell(valueContent);
  return value === undefined ? '' : short(JSON.stringify(value));
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
