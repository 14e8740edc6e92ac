import type { NetworkStatus } from '../../shared/api/schemas.ts';

/** The network at one moment, in milliseconds since 1970. Bytes are counted since the coordinator's start. */
export interface Reading {
  at: number;
  verdictsPerSecond: number;
  nodes: number;
  threads: number;
  members: number;
  coordinatorBytes: number;
  peerBytes: number;
}

/** Eight hours of readings every three seconds: a working day's page stays small. */
export const MOST_READINGS = 9_600;
/** Nodes tell of their traffic now and then, so bytes a second are those of a while. */
const RATE_MS = 15_000;
/** After a silence as long as this a line is broken, not drawn straight through. */
const GAP_MS = 15_000;

export function readingOf(status: NetworkStatus, at: number): Reading {
  const { verdictsPerSecond, nodes, threads, data } = status;
  const { members, coordinatorBytes, peerBytes } = data;
  return { at, verdictsPerSecond, nodes, threads, members, coordinatorBytes, peerBytes };
}

/** The readings with one more, the oldest of too many forgotten. */
export function addReading(history: readonly Reading[], reading: Reading): readonly Reading[] {
  return [...history.slice(-(MOST_READINGS - 1)), reading];
}

/** Figures that a chart shows, by name. */
export type Show = 'work' | 'crowd' | 'data';
type LineName = 'verdicts' | 'nodes' | 'threads' | 'members' | 'coordinator' | 'peers';

interface Line {
  name: LineName;
  /** One for each moment; null where there is none. */
  values: (number | null)[];
}

/** Lines over time; `at` in milliseconds since 1970, rising. */
export interface Lines {
  at: number[];
  lines: Line[];
}

/** The lines of a chart from `since` on; bytes as MB a second. */
export function linesOf(history: readonly Reading[], show: Show, since: number): Lines {
  const first = history.findIndex(({ at }) => at >= since);
  if (first === -1) return { at: [], lines: [] };
  const columns = COLUMNS[show];
  const lines: Line[] = columns.map(({ name }) => ({ name, values: [] }));
  const at: number[] = [];
  for (let k = first; k < history.length; k++) {
    const previous = k > first ? history[k - 1] : undefined;
    if (previous && history[k].at - previous.at > GAP_MS) {
      at.push(previous.at + GAP_MS);
      for (const { values } of lines) values.push(null);
    }
    at.push(history[k].at);
    for (const [n, { value }] of columns.entries()) lines[n].values.push(value(history, k));
  }
  return { at, lines };
}

interface Column {
  name: LineName;
  value(history: readonly Reading[], k: number): number | null;
}

const COLUMNS: Record<Show, readonly Column[]> = {
  work: [{ name: 'verdicts', value: (history, k) => history[k].verdictsPerSecond }],
  crowd: [
    { name: 'nodes', value: (history, k) => history[k].nodes },
    { name: 'threads', value: (history, k) => history[k].threads },
    { name: 'members', value: (history, k) => history[k].members },
  ],
  data: [
    { name: 'coordinator', value: rateOf('coordinatorBytes') },
    { name: 'peers', value: rateOf('peerBytes') },
  ],
};

/** MB a second of a counter over the last while; null after a gap, or where it began anew. */
function rateOf(counter: 'coordinatorBytes' | 'peerBytes'): Column['value'] {
  return (history, k) => {
    let from = k;
    while (from > 0 && isNext(history, from) && history[k].at - history[from].at < RATE_MS) from--;
    if (from === k) return null;
    const seconds = (history[k].at - history[from].at) / 1_000;
    return (history[k][counter] - history[from][counter]) / 1e6 / seconds;
  };

  function isNext(history: readonly Reading[], at: number): boolean {
    const [previous, now] = [history[at - 1], history[at]];
    return now.at - previous.at <= GAP_MS && now[counter] >= previous[counter];
  }
}

/** Numbers of at most `most` rows, evenly apart, the newest always among them and first. */
export function rowsOf(rows: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(rows / most));
  const shown: number[] = [];
  for (let k = rows - 1; k >= 0; k -= step) shown.push(k);
  return shown;
}
