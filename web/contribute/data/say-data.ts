import type { EngineView } from '../../../worker/engine/events.ts';
import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';

/** With whom data is exchanged, or why with nobody. */
export function sayExchange({
  phase,
  swarm: { withoutPeers, peers },
}: Pick<EngineView, 'phase' | 'swarm'>): string {
  if (withoutPeers !== null) return text.withoutPeers[withoutPeers];
  if (phase === 'paused' || phase === 'held') return text.quiet;
  return peers.length === 0 ? text.noNeed : text.exchanging(peers.length);
}

/** What is left of the day's cap, or that there is none. */
export function sayCap({ bytes, capBytes }: SwarmView['day']): string {
  return capBytes === null ? text.todayNoCap : text.todayLeft(capBytes - bytes);
}

/** The end of a peer's id: all of them begin alike. */
export function shortPeer(id: string): string {
  return id.length <= 8 ? id : `…${id.slice(-8)}`;
}
