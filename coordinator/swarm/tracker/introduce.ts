import type { NodeNumber } from '../../scheduler/events.ts';
import { INTRODUCE_AGAIN_MS, OPEN_RESERVE, SAMPLE_PER_PEER } from '../limits.ts';
import type { BlobSwarm, Member } from './blob-swarm.ts';
import type { TrackedNode } from './tracked-node.ts';

/** What a place among the introduced is for, in turn: much to fetch, rare chunks, new ways. */
const PLACES = ['much', 'fresh', 'much', 'any'] as const;

/**
 * Whom a seeker is to meet: spread over networks before all else; some that hold much, some that
 * have just begun (theirs are the rare chunks), some at random. Nobody that was introduced to the
 * same node a moment ago, that either accused, that was banned or that has met enough nodes lately.
 * Those who are hard to meet are introduced to nodes that let everybody in, and the others leave them
 * room for it.
 *
 * @param random 0..1, also draws the sample that is looked at
 */
export function introduce(
  swarm: BlobSwarm,
  seeker: TrackedNode,
  { peers, linked }: { peers: number; linked?: ReadonlySet<NodeNumber> },
  now: number,
  random: () => number,
): TrackedNode[] {
  if (!seeker.entered || seeker.banned || peers === 0) return [];
  const candidates = new Set<Member>();
  for (const member of swarm.complete.sample(peers, random)) candidates.add(member);
  for (const member of swarm.serving.sample(SAMPLE_PER_PEER * peers, random))
    candidates.add(member);
  if (seeker.reach.isHard)
    for (const member of swarm.open.sample(SAMPLE_PER_PEER * peers, random)) candidates.add(member);
  for (const member of candidates)
    if (linked?.has(member.node.number) || !mayMeet(seeker, member, swarm, now))
      candidates.delete(member);
  const chosen: TrackedNode[] = [];
  const networks = new Map<string, number>();
  while (chosen.length < peers && candidates.size > 0) {
    const place = PLACES[chosen.length % PLACES.length];
    const best = bestFor(place, candidates, seeker, swarm, networks, now, random);
    candidates.delete(best);
    const { node } = best;
    node.introductions.take(1, now);
    seeker.meets(node, now);
    if (node.network !== null) networks.set(node.network, (networks.get(node.network) ?? 0) + 1);
    chosen.push(node);
  }
  return chosen;
}

function mayMeet(seeker: TrackedNode, member: Member, swarm: BlobSwarm, now: number): boolean {
  const { node, held } = member;
  if (node === seeker || node.shuns(seeker)) return false;
  if (held === 0 && !swarm.grants.has(node.number)) return false;
  const metAt = node.metAt(seeker);
  if (metAt !== undefined && now - metAt < INTRODUCE_AGAIN_MS) return false;
  const kept = node.reach.isOpen && !seeker.reach.isHard ? OPEN_RESERVE : 0;
  return node.introductions.available(now) >= kept + 1;
}

function bestFor(
  place: (typeof PLACES)[number],
  candidates: ReadonlySet<Member>,
  seeker: TrackedNode,
  swarm: BlobSwarm,
  networks: ReadonlyMap<string, number>,
  now: number,
  random: () => number,
): Member {
  let best: Member | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const member of candidates) {
    const { network, introductions } = member.node;
    // A network's second node comes after all nodes of other networks, whatever they hold.
    let score = network === null ? 0 : -4 * (networks.get(network) ?? 0);
    const share = member.held / swarm.chunks;
    if (place === 'much') score += share;
    if (place === 'fresh') score += member.soughtSince === null ? 0 : 1 - share;
    score += 2 * hope(seeker, member.node);
    score += 0.5 * random();
    // Of two that are as good, the one that has met fewer.
    score += 0.02 * introductions.available(now);
    if (score <= most) continue;
    best = member;
    most = score;
  }
  return best as Member;
}

/** How well the two suit each other, -1 to 1: who meets hardly anybody needs those who meet everybody. */
function hope(seeker: TrackedNode, { reach }: TrackedNode): number {
  const { isHard, isOpen } = seeker.reach;
  if (isHard) return reach.isOpen ? 1 : reach.isHard ? -1 : 0;
  if (isOpen) return reach.isHard ? 1 : 0;
  return reach.isHard ? -1 : reach.isOpen ? -0.5 : 0;
}
