import { contentLength, isBlob } from '../../shared/api/contents.ts';
import type { BlobContent, Content, ResultRow } from '../../shared/api/schemas.ts';
import { common } from '../text/en/common.ts';
import { job } from '../text/en/job.ts';
import { formatBytes, formatCount } from '../text/format.ts';

/** Characters of a cell in a table; the shard's own page has the rest. */
const LONGEST = 160;

/** What a cell says, one thing after the other. */
export interface CellPart {
  text: string;
  /** What is large and can be downloaded. */
  blob?: BlobContent;
}

/** A content as a cell of a table shows it. */
function contentPart(content: Content): CellPart {
  if (isBlob(content)) return { text: formatBytes(content.bytes), blob: content };
  if ('base64' in content) return { text: common.notText(formatBytes(contentLength(content))) };
  return { text: short(content.text.trimEnd()) };
}

/** One column of the table of results. */
export interface ResultColumn {
  name: string;
  cell(row: ResultRow): CellPart[];
}

/** The columns that these rows fill, beside the shard's number: its input, then its output. */
export function resultColumns(rows: readonly ResultRow[]): ResultColumn[] {
  const inputs = new Set(rows.flatMap(({ input }) => Object.keys(input)));
  inputs.delete('shard');
  const text = job.results;
  const outputs: ResultColumn[] = [
    { name: text.value, cell: valueCell },
    { name: text.stdout, cell: ({ stdout }) => (stdout ? [contentPart(stdout)] : []) },
    { name: text.stderr, cell: ({ stderr }) => (stderr ? [contentPart(stderr)] : []) },
    { name: text.exitCode, cell: ({ exitCode }) => plain(exitCode) },
    { name: text.files, cell: ({ files }) => (files ?? []).map(filePart) },
    { name: text.failure, cell: ({ failure }) => plain(failure && outcomeText(failure.outcome)) },
  ];
  return [
    ...[...inputs].map((name) => ({
      name,
      cell: (row: ResultRow) => plain(inputCell(row.input[name])),
    })),
    ...outputs.filter(({ cell }) => rows.some((row) => cell(row).some(({ text }) => text !== ''))),
  ];
}

function plain(value: string | number | undefined): CellPart[] {
  return value === undefined ? [] : [{ text: `${value}` }];
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

function filePart({ path, content }: { path: string; content: Content }): CellPart {
  const text = job.results.file(path, formatBytes(contentLength(content)));
  return isBlob(content) ? { text, blob: content } : { text };
}

function valueCell({ value, valueContent }: ResultRow): CellPart[] {
  if (valueContent) return [contentPart(valueContent)];
  return value === undefined ? [] : [{ text: short(JSON.stringify(value)) }];
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
