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
 * reports state for fixed lines in the United States (11.86 in the second quarter of 2020, 26.59 in
 * December 2023), because a contributor's line is not idle.
 */
const LINES = [
  { share: 0.15, up: 1, down: 10 },
  { share: 0.25, up: 5, down: 50 },
  { share: 0.3, up: 10, down: 100 },
  { share: 0.2, up: 20, down: 200 },
  { share: 0.1, up: 50, down: 300 },
] as const;

/**
 * Shares of routers that let everybody in (open), and of those that meet only the open (closed); all
 * others meet each other by hole punching.
 *
 * `measured`: Ford, Srisuresh and Kegel ("Peer-to-Peer Communication Across Network Address
 * Translators", 2005) found UDP hole punching to work through 82% of routers; with a quarter open, 76%
 * of all pairs meet. That is between the 70% (plus or minus 7.1) of hole punches that succeeded
 * between libp2p nodes (Trautwein, Ihle, Schubotz and Gipp, "Challenging Tribal Knowledge: Large Scale
 * Measurement Campaign on Decentralized NAT Traversal", 2025) and the 78% to 85% of WebRTC calls
 * without TURN that are quoted of callstats.io and Twilio.
 *
 * `strict`: 64% of all pairs meet, the low end of the former.
 */
const ROUTERS = {
  measured: { open: 0.25, closed: 0.18 },
  strict: { open: 0.15, closed: 0.25 },
} as const;
export type Routers = keyof typeof ROUTERS;

export function isRouters(name: string): name is Routers {
  return name in ROUTERS;
}

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

export function person(random: Random, routers: Routers): Person {
  const { open, closed } = ROUTERS[routers];
  const arrivesAt = random.between(0, CROWD_MS);
  const line = lineOf(random.next());
  const luck = random.next();
  return {
    arrivesAt,
    leavesAt: arrivesAt + random.wait(SESSION_MEDIAN_MS / Math.LN2),
    up: line.up * MBIT_PER_S,
    down: line.down * MBIT_PER_S,
    latency: random.between(10, 50),
    router: luck < open ? 'open' : luck < 1 - closed ? 'punchable' : 'closed',
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
