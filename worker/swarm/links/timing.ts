/** Bounds and times of the links to peers. */

/** Bytes of life go out this often when nothing else does, also in a hidden tab (timers at 1/s). */
export const ALIVE_MS = 2_000;
/**
 * A peer that nothing came from for so long is gone: a closed tab is noticed in seconds, a page
 * whose main thread stalls for a moment is not given up.
 */
export const SILENT_MS = 8_000;
/** Tries of one dial: a lost candidate or a busy machine must not cost a good peer. */
export const DIAL_TRIES = 3;
/** One try, from the relay to the open stream. Two machines with a full processor take seconds. */
export const DIAL_MS = 15_000;
/** Wait before the second try; doubled for each further one, and up to half of it more by chance. */
export const DIAL_RETRY_MS = 500;
/** For the answer to a new stream: one way there and back, on a machine that may be busy. */
export const ACCEPT_MS = 10_000;
/** Links at the same time: the exchange keeps eight; the rest is for those that come and go. */
export const MAX_LINKS = 16;
/** Bytes that may wait in a channel before `send` holds its caller back: half a second of 16 Mbit/s. */
export const MAX_UNSENT_BYTES = 1024 * 1024;
/** A connection that no link was made of is closed after this. */
export const IDLE_CONNECTION_MS = 30_000;
/** Waits before the relay is dialled again: doubled from the first to the longest. */
export const RELAY_RETRY_MS = 500;
export const RELAY_RETRY_MAX_MS = 30_000;
/** For the relay to give this node a place, once it is connected. */
export const RESERVATION_WAIT_MS = 10_000;
/** How often this is looked at meanwhile. */
export const RESERVATION_POLL_MS = 100;
