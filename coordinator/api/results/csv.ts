import type { BlobContent, Content, ResultRow } from '../../../shared/api/schemas.ts';
import { fieldNames } from '../../../shared/job/inputs.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import { defaultCollect } from '../../../shared/job/to-view.ts';

/** A column of the table: its name, and a row's value in it. */
interface Column {
  name: string;
  value(row: ResultRow): string | number;
}

/** A table of a job's results (RFC 4180): inputs, what is collected but for files, how it came about. */
export interface CsvTable {
  head: string;
  line(row: ResultRow): string;
}

/** The table for a job; which columns there are follows from its spec alone. */
export function csvTable(spec: JobSpec): CsvTable {
  const columns = [
    { name: 'shard', value: (row: ResultRow) => row.shard },
    ...inputColumns(spec),
    { name: 'status', value: (row: ResultRow) => row.status },
    ...outputColumns(spec),
    { name: 'failure', value: (row: ResultRow) => row.failure?.outcome ?? '' },
    { name: 'message', value: (row: ResultRow) => row.failure?.message ?? '' },
    { name: 'confidence', value: (row: ResultRow) => row.confidence },
    { name: 'agreed', value: (row: ResultRow) => row.agreed },
  ];
  const line = (cells: (string | number)[]) => `${cells.map(cell).join(',')}\r\n`;
  return {
    head: line(columns.map(({ name }) => name)),
    line: (row) => line(columns.map(({ value }) => value(row))),
  };
}

/** Fields that hold contents are not in a row's input. */
const CONTENTS = new Set(['shard', 'line', 'content']);

function inputColumns({ inputs }: JobSpec): Column[] {
  return fieldNames(inputs)
    .filter((name) => (inputs.kind === 'grid' ? name !== 'shard' : !CONTENTS.has(name)))
    .map((name) => ({ name, value: (row) => row.input[name] ?? '' }));
}

function outputColumns({ collect, program }: JobSpec): Column[] {
  const collected = collect ?? defaultCollect(program.kind);
  const columns: Column[] = [];
  if (collected.stdout) columns.push({ name: 'stdout', value: (row) => contentCell(row.stdout) });
  if (collected.stderr) columns.push({ name: 'stderr', value: (row) => contentCell(row.stderr) });
  if (collected.exitCode) columns.push({ name: 'exitCode', value: (row) => row.exitCode ?? '' });
  if (collected.value) columns.push({ name: 'value', value: valueCell });
  return columns;
}

function contentCell(content: Content | undefined): string {
  if (!content) return '';
  if ('blob' in content) return blobCell(content);
  return 'text' in content ? content.text : `base64:${content.base64}`;
}

/** Bytes that could not be had while the table was written. */
function blobCell({ blob }: BlobContent): string {
  return `blob:${blob}`;
}

/** Text as it is, anything else as JSON. */
function valueCell({ value, valueContent }: ResultRow): string {
  if (valueContent) return blobCell(valueContent);
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
