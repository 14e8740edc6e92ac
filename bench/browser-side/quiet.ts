import { availableParallelism, loadavg } from 'node:os';

/** Processes that wait for a core, for each core, above which a figure says more about them. */
const BUSY = 0.5;

/** How busy others keep this machine just now: to be asked before a benchmark begins. */
export interface Quiet {
  /** Processes that ran or waited, mean of the last minute. */
  loadBefore: number;
  /** A warning to print under the table, where there is reason for one. */
  notes: string[];
}

export function lookAround(): Quiet {
  const [loadBefore] = loadavg();
  const cores = availableParallelism();
  if (loadBefore <= BUSY * cores) return { loadBefore, notes: [] };
  const load = loadBefore.toFixed(1);
  return {
    loadBefore,
    notes: [
      `The machine was busy before this began (load ${load} on ${cores} cores): take it again.`,
    ],
  };
}
