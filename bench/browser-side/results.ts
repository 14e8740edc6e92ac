import type { Coordinator } from '../../e2e/coordinator.ts';
import { readLines } from '../../shared/api/lines.ts';
import type { ResultRow } from '../../shared/api/schemas.ts';

/** What came back of a job of spin shards. */
export interface Arrivals {
  /** When each result arrived, in order, in milliseconds on this process's clock. */
  doneAt: number[];
  /** What each shard printed, by its number. */
  stdout: string[];
}

/**
 * Reads a job's results as they come, until it ends. A result is in the stream only once it is
 * durable, and the stream is told of it at once.
 */
export async function followResults(coordinator: Coordinator, job: string): Promise<Arrivals> {
  const response = await fetch(`${coordinator.url}/v1/jobs/${job}/results?follow=1`, {
    headers: { authorization: `Bearer ${coordinator.token}` },
  });
  if (!response.ok || !response.body) throw new Error(`Results: status ${response.status}`);
  const arrivals: Arrivals = { doneAt: [], stdout: [] };
  let arrivedAt = 0;
  // Rows that come in one piece have one time, however long it takes to read them.
  const stamped = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        arrivedAt = performance.now();
        controller.enqueue(piece);
      },
    }),
  );
  for await (const line of readLines(stamped)) {
    if (line === '') continue;
    const row = JSON.parse(line) as ResultRow;
    if (row.status !== 'ok' || !row.stdout || !('text' in row.stdout)) {
      throw new Error(`Shard ${row.shard} failed: ${line}`);
    }
    arrivals.doneAt.push(arrivedAt);
    arrivals.stdout[row.shard] = row.stdout.text;
  }
  return arrivals;
}
