import * as z from 'zod/mini';
import { readResults, resultsPath, stdoutOf } from '../results.ts';

const Chain = z.object({ start: z.int(), steps: z.int(), peak: z.number() });
/** The longest chain of a range of starts; `peak` is the highest number of any of its chains. */
export type Chain = z.infer<typeof Chain>;

/** What one shard printed. */
export function parseChain(stdout: string): Chain {
  return Chain.parse(JSON.parse(stdout));
}

/** The longest of two ranges' chains, the lesser start where they are equally long. */
export function longer(a: Chain, b: Chain): Chain {
  const first = a.steps > b.steps || (a.steps === b.steps && a.start < b.start) ? a : b;
  return { start: first.start, steps: first.steps, peak: Math.max(a.peak, b.peak) };
}

if (import.meta.main) {
  let longest: Chain | null = null;
  for await (const row of readResults(resultsPath())) {
    const chain = parseChain(stdoutOf(row));
    longest = longest ? longer(longest, chain) : chain;
  }
  console.log(JSON.stringify(longest));
}
