import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ResultRow } from '../shared/api/schemas.ts';

/**
 * Reads results as the network gives them: one JSON object a line, in any order.
 * @throws Error at the end where shards are missing or come twice: what is reduced from them would
 * be wrong. Missing ones behind the last that is there cannot be noticed.
 */
export async function* readResults(path: string): AsyncGenerator<ResultRow> {
  const seen = new Set<number>();
  let last = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    if (line === '') continue;
    const row = ResultRow.parse(JSON.parse(line));
    if (seen.has(row.shard)) throw new Error(`Shard ${row.shard} is in ${path} twice.`);
    seen.add(row.shard);
    last = Math.max(last, row.shard);
    yield row;
  }
  if (seen.size <= last) {
    throw new Error(`${path} has results of ${seen.size} shards, but the last is shard ${last}.`);
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
