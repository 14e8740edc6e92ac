import { MAX_PEERS } from '../../shared/protocol/limits.ts';

/** Bounds and paces of the swarm's runtime, in milliseconds where nothing else is said. */

/** Bytes of whole blobs held in memory, for jobs that share them and are leased again soon. */
export const MAX_HELD_BYTES = 128 * 1024 * 1024;
/** Chunks on their way to the cache: with a slow disk, more are not taken in before one is written. */
export const MAX_WRITING = 32;

/** No answer to `seek`: a coordinator under load answers within this. */
export const SEEK_ANSWER_MS = 10_000;
/** Seeking again after that, or while there is no connection. */
export const SEEK_RETRY_MS = 2_000;
/** Peers whose tickets are kept; those of the longest ago are forgotten. */
export const MAX_TICKETS = 256;
/** A ticket is taken so long after its time: clocks differ, and dialling takes a while. */
export const TICKET_GRACE_MS = 15_000;

/** From an open connection to a good ticket. */
export const HELLO_LIMIT_MS = 10_000;
/** Frames a second that one peer may send, one second's worth at once: it may tell of a whole cache. */
export const PEER_FRAMES_PER_SECOND = 8_000;
/** Bytes of a `has` that count as one frame more: it costs eight looks at a chunk for each of them. */
export const HAS_BYTES_PER_FRAME = 64;
/** Jobs that one peer may show tickets for in one session. */
export const MAX_PEER_JOBS = 32;
/** Tickets that it may show, good or bad: each costs a signature's check. A sound one shows one a job. */
export const MAX_PEER_TICKETS = 2 * MAX_PEER_JOBS;
/** Refusals that wait for a peer to read them: one that asks on and on without reading fills our memory. */
export const MAX_UNREAD_REFUSALS = 256;
/** Chunks of one peer that nobody asked for: after a cancel those under way still come. */
export const MAX_UNASKED_CHUNKS = 64;
/** Connections at the same time, those that come and go included: the exchange keeps half of them. */
export const MAX_SESSIONS = 2 * MAX_PEERS;
/** Requests of one peer that wait here; the exchange asks for half of that at a time. */
export const UPLOADS_WAITING_PER_PEER = 16;
/** Answers to a peer that are read before their turn: 1 MiB, more than goes out while one is read. */
export const READS_AHEAD_PER_PEER = 4;
/** Peers that are sent a chunk at the same time. */
export const UPLOADS_AT_ONCE = 4;
/** What one peer is sent in a session at most: a large data set, and not for ever. */
export const UPLOAD_BYTES_PER_PEER = 16 * 1024 * 1024 * 1024;

/** What is held is told at most this often. */
export const HOLD_MS = 1_000;
/** Statistics and the day's count. */
export const TRAFFIC_MS = 10_000;
/** Entering again while the coordinator still knows an earlier connection. */
export const ENTER_AGAIN_MS = 5_000;
/** After libp2p could not be loaded or the relay not be reached. */
export const LINKS_RETRY_MS = 60_000;

/** Attempts to hand an output to the coordinator, and the pause before the second; it doubles. */
export const DEPOSIT_ATTEMPTS = 3;
export const DEPOSIT_RETRY_MS = 1_000;
/** Finish waits so long for outputs that only this node holds: 60 MiB at 1 MiB a second. */
export const PARTING_MS = 60_000;
