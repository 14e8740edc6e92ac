import type { Downloads } from './downloads.ts';
import { DIAL_MS, ENDGAME_PATIENCE_MS, USELESS_MS } from './limits.ts';
import type { Scene } from './scene.ts';
import type { Seeking } from './seeking.ts';
import type { Telling } from './telling.ts';

/** When something is due next that no event brings about; infinity where nothing is. */
export function nextWake(
  { peers, blobs }: Scene,
  seeking: Seeking,
  telling: Telling,
  downloads: Downloads,
  now: number,
): number {
  let wake = telling.dueAt ?? Number.POSITIVE_INFINITY;
  let missing = false;
  for (const blob of blobs.values()) {
    if (blob.missing === 0) continue;
    missing = true;
    // A peer with room may be asked for what another has had for long.
    if (blob.open.count === 0) wake = Math.min(wake, now + ENDGAME_PATIENCE_MS);
    if (blob.grants.length > 0 && downloads.pausedUntil > now)
      wake = Math.min(wake, downloads.pausedUntil);
    wake = Math.min(wake, seeking.nextAt(blob));
  }
  for (const peer of peers.all()) {
    if (!peer.linked) wake = Math.min(wake, peer.since + DIAL_MS);
    else wake = Math.min(wake, Math.max(now, peer.usefulAt) + USELESS_MS);
    for (const { deadline } of peer.flights) wake = Math.min(wake, deadline);
    if (missing && peer.pausedUntil > now) wake = Math.min(wake, peer.pausedUntil);
  }
  return Math.max(wake, now + 1);
}
