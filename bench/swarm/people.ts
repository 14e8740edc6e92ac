import type { Random } from '../../scripts/simulation/random.ts';

/**
 * What the simulated contributors have at home. Figures that decide the result are here, with where
 * they are from.
 */

const MBIT_PER_S = 1_000_000 / 8 / 1000;

/**
 * Lines in Mbit/s, up and down, and their shares. The tiers are those of fixed lines in the FCC's
 * "Measuring Broadband America" reports (DSL about 1 up, cable 5 to 35, fibre 50 and more, cut at 50
 * here); the shares are chosen so that the median up is 10, below the medians that Ookla's Speedtest
 * Global Index states for fixed lines, because a contributor's line is not idle.
 */
const LINES = [
  { share: 0.15, up: 1, down: 10 },
  { share: 0.25, up: 5, down: 50 },
  { share: 0.3, up: 10, down: 100 },
  { share: 0.2, up: 20, down: 200 },
  { share: 0.1, up: 50, down: 300 },
] as const;

/**
 * How nodes can be met. Ford, Srisuresh and Kegel ("Peer-to-Peer Communication Across Network
 * Address Translators", 2005) found UDP hole punching to work through 82% of routers; the rest meet
 * only nodes whose router lets everybody in.
 */
const OPEN_SHARE = 0.25;
const CLOSED_SHARE = 0.18;

/** Contributors who chose HTTP only, or whose network lets no UDP through: peers cannot spare them. */
const HTTP_ONLY_SHARE = 0.02;

/** Median visit of a volunteer, and the time in which the crowd comes. */
const SESSION_MEDIAN_MS = 7 * 60_000;
export const CROWD_MS = 5 * 60_000;

/** Networks (prefixes) that the nodes are spread over. */
const NETWORKS = 20_000;

export interface Person {
  arrivesAt: number;
  leavesAt: number;
  /** Bytes a millisecond. */
  up: number;
  down: number;
  /** Milliseconds from here to the middle of the network. */
  latency: number;
  router: 'open' | 'punchable' | 'closed';
  httpOnly: boolean;
  network: string;
}

export function person(random: Random): Person {
  const arrivesAt = random.between(0, CROWD_MS);
  const line = lineOf(random.next());
  const luck = random.next();
  return {
    arrivesAt,
    leavesAt: arrivesAt + random.wait(SESSION_MEDIAN_MS / Math.LN2),
    up: line.up * MBIT_PER_S,
    down: line.down * MBIT_PER_S,
    latency: random.between(10, 50),
    router: luck < OPEN_SHARE ? 'open' : luck < 1 - CLOSED_SHARE ? 'punchable' : 'closed',
    httpOnly: random.chance(HTTP_ONLY_SHARE),
    network: String(random.below(NETWORKS)),
  };
}

/** @param place from 0 up to 1: where among all lines, the slowest first */
function lineOf(place: number): (typeof LINES)[number] {
  let below = 0;
  for (const line of LINES) {
    below += line.share;
    if (place < below) return line;
  }
  return LINES[LINES.length - 1];
}

/** Whether a direct connection between the two comes to be. */
export function canMeet(one: Person, other: Person): boolean {
  if (one.router === 'open' || other.router === 'open') return true;
  return one.router === 'punchable' && other.router === 'punchable';
}
