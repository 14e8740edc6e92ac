import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { BlobState } from './blob-state.ts';
import { rarestChunk } from './choose-chunk.ts';
import {
  ENDGAME_CHUNKS,
  ENDGAME_PATIENCE_MS,
  MANIFEST_TIMEOUT_MS,
  STALL_TIMEOUTS,
} from './limits.ts';
import type { Flight, Peer } from './peer.ts';
import { type Scene, sharedJob } from './scene.ts';

/** A manifest that two peers failed to send is downloaded. */
const MANIFEST_TRIES = 2;

interface Choice {
  blob: BlobState;
  chunk: number;
  job: string;
}

/** Asks every peer that has room for what is best asked of it (SWM-2, SWM-3, SWM-4). */
export function askAll(scene: Scene, now: number): void {
  for (const peer of scene.peers.all()) ask(scene, peer, now);
}

/** Asks this peer for as much as its window takes. */
export function ask(scene: Scene, peer: Peer, now: number): void {
  while (peer.hasRoom(now)) {
    const choice =
      choose(scene, peer, true) ?? choose(scene, peer, false) ?? second(scene, peer, now);
    if (!choice) return;
    send(scene, peer, choice, now);
  }
}

/** A chunk that nobody is asked for; of those that a shard waits for, where `urgent`. */
function choose(scene: Scene, peer: Peer, urgent: boolean): Choice | null {
  for (const blob of scene.blobs.values()) {
    if (blob.missing === 0 || (urgent && blob.urgent === null)) continue;
    const held = peer.holds.get(blob.id);
    if (!held || held.count === 0) continue;
    const job = sharedJob(blob, peer);
    if (job === undefined) continue;
    if (!blob.manifestHere) {
      if (blob.manifestFrom !== null || !mayGiveManifest(blob)) continue;
      return { blob, chunk: MANIFEST_CHUNK, job };
    }
    if (blob.open.count === 0) continue;
    const only = urgent ? (blob.urgent?.bits ?? null) : null;
    const chance = scene.options.random();
    const chunk = rarestChunk(blob.open.bits, held.bits, only, blob.holders, chance);
    if (chunk >= 0) return { blob, chunk, job };
  }
  return null;
}

/** Whether peers are asked for the manifest: it fits a message, and the coordinator is not better. */
export function mayGiveManifest(blob: BlobState): boolean {
  return blob.manifestFromPeers && (!blob.seeded || blob.manifestFailures < MANIFEST_TRIES);
}

/**
 * One of the last chunks, which another peer has had for long: a second peer may be asked, never a
 * third (SWM-6).
 */
function second(scene: Scene, peer: Peer, now: number): Choice | null {
  let oldest: Flight | null = null;
  let oldestJob = '';
  for (const blob of scene.blobs.values()) {
    if (blob.missing === 0 || blob.open.count > 0 || !blob.manifestHere) continue;
    const held = peer.holds.get(blob.id);
    const job = sharedJob(blob, peer);
    if (!held || job === undefined) continue;
    const patience = Math.max(ENDGAME_PATIENCE_MS, 2 * (peer.expect(blob.bytesOf(0)) ?? 0));
    for (const other of scene.peers.all()) {
      if (other === peer) continue;
      for (const flight of other.flights) {
        if (flight.blob !== blob || flight.chunk === MANIFEST_CHUNK) continue;
        const last = blob.missing <= ENDGAME_CHUNKS || blob.urgent?.has(flight.chunk) === true;
        if (!last || !held.has(flight.chunk) || blob.asked(flight.chunk) !== 1) continue;
        if (now - flight.askedAt < patience || flight.askedAt >= (oldest?.askedAt ?? now)) continue;
        oldest = flight;
        oldestJob = job;
      }
    }
  }
  return oldest && { blob: oldest.blob, chunk: oldest.chunk, job: oldestJob };
}

function send(scene: Scene, peer: Peer, { blob, chunk, job }: Choice, now: number): void {
  const isManifest = chunk === MANIFEST_CHUNK;
  const allowed = isManifest ? MANIFEST_TIMEOUT_MS : peer.timeout(peer.flights.length + 1);
  peer.flights.push({ blob, chunk, askedAt: now, deadline: now + allowed });
  if (isManifest) blob.manifestFrom = peer.id;
  else blob.ask(chunk);
  scene.emit({ type: 'get', peer: peer.id, job, blob: blob.id, chunk });
}

/** The request is over, however it ended: the chunk may be asked for again. Null where it was none. */
export function settle(peer: Peer, blob: BlobState, chunk: number): Flight | null {
  const flight = peer.land(blob, chunk);
  if (flight) release(flight);
  return flight;
}

/** Lets go of all that a peer was asked for; `tell`: it is told so. */
export function abandon(scene: Scene, peer: Peer, tell: boolean): void {
  for (const flight of peer.flights.splice(0)) {
    release(flight);
    if (tell) cancel(scene, peer, flight);
  }
}

/** Takes back the requests for a chunk that is here, or for any of the blob where it is null. */
export function recall(scene: Scene, blob: BlobState, chunk: number | null): void {
  for (const peer of scene.peers.all())
    for (let at = peer.flights.length - 1; at >= 0; at--) {
      const flight = peer.flights[at];
      if (flight.blob !== blob || (chunk !== null && flight.chunk !== chunk)) continue;
      peer.flights.splice(at, 1);
      release(flight);
      cancel(scene, peer, flight);
    }
}

/**
 * Ends the requests that took too long. A peer with one such is slower than it seemed: all that it
 * was asked for is asked of others, and it gets another chance with less.
 * @returns peers that have stalled: to be given up
 */
export function expire(scene: Scene, now: number): Peer[] {
  const stalled: Peer[] = [];
  for (const peer of scene.peers.all()) {
    const late = peer.flights.find((flight) => flight.deadline <= now);
    if (!late) continue;
    if (late.chunk === MANIFEST_CHUNK) late.blob.manifestFailures++;
    abandon(scene, peer, true);
    peer.timedOut(now);
    if (peer.timeouts >= STALL_TIMEOUTS) stalled.push(peer);
  }
  return stalled;
}

function release({ blob, chunk }: Flight): void {
  if (chunk === MANIFEST_CHUNK) blob.manifestFrom = null;
  else blob.unask(chunk);
}

function cancel(scene: Scene, peer: Peer, { blob, chunk }: Flight): void {
  scene.emit({ type: 'cancel', peer: peer.id, blob: blob.id, chunk });
}
