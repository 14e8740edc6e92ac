import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ResultRow } from '../shared/api/schemas.ts';

/** Reads results as the network gives them: one JSON object a line. Empty lines are left out. */
export async function* readResults(path: string): AsyncGenerator<ResultRow> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    if (line !== '') yield ResultRow.parse(JSON.parse(line));
  }
}

/**
 * The text that a shard wrote to stdout.
 * @throws Error where the shard failed: a reduced result without it would be wrong.
 */
export function stdoutOf(row: ResultRow): string {
  if (row.stdout && 'text' in row.stdout) return row.stdout.text;
  throw new Error(
    `Shard ${row.shard} has no text: ${row.failure?.message ?? 'stdout is not UTF-8'}`,
  );
}

/** The value that a shard's function returned. Throws as `stdoutOf` does. */
export function returnedBy(row: ResultRow): unknown {
  if (row.status === 'ok' && row.value !== undefined) return row.value;
  throw new Error(`Shard ${row.shard} has no value: ${row.failure?.message ?? 'nothing returned'}`);
}

/** The results file that a reduce script was started with. */
export function resultsPath(): string {
  const [, script, path] = process.argv;
  if (path) return path;
  console.error(`usage: node ${script} RESULTS.ndjson`);
  process.exit(2);
}
