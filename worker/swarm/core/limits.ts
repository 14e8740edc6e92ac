/** Bounds of the exchange. Times are in milliseconds. */

/** Requests in flight to one peer: a slow one keeps one, so that it always has something to send. */
export const MIN_WINDOW = 1;
/** 2 MiB under way to one peer: a 160 Mbit/s line at 100 ms there and back. */
export const MAX_WINDOW = 8;
/** Requests to a peer whose rate is not known yet. */
export const FIRST_WINDOW = 2;
/** A window holds what the peer sends in this time: the only thing that holds back its sender. */
export const WINDOW_MS = 1_000;
/** How much one more chunk changes the estimate of a peer's rate. */
export const RATE_WEIGHT = 0.3;

/** A request may take this many times what the peer's rate lets expect, and this much on top. */
export const TIMEOUT_FACTOR = 4;
export const TIMEOUT_SLACK_MS = 2_000;
export const MIN_TIMEOUT_MS = 6_000;
/** A chunk at 35 kbit/s: below that a peer is as good as gone. */
export const MAX_TIMEOUT_MS = 60_000;
/** Before a peer has sent anything: it may have eight others to serve on a line of 1 Mbit/s. */
export const FIRST_TIMEOUT_MS = 30_000;
/** A manifest is a few kilobytes, and all else waits for it. */
export const MANIFEST_TIMEOUT_MS = 5_000;
/** Timeouts in a row, with nothing received between, after which a peer has stalled. */
export const STALL_TIMEOUTS = 2;
/** A peer may take twice as long after each timeout. After one, it is asked nothing for so long. */
export const TIMEOUT_PAUSE_MS = 1_000;

/** After `busy` a peer is asked nothing for so long; doubled each time up to the second figure. */
export const BUSY_PAUSE_MS = 250;
export const MAX_BUSY_PAUSE_MS = 8_000;
/** After `limit`: it serves this node nothing more for a good while. */
export const LIMIT_PAUSE_MS = 120_000;
/** Chunks that a peer said it has and then had not, before it is held a liar ... */
export const ABSENT_STRIKES = 8;
/** ... if they are more than this share of what it sent: honest nodes evict now and then. */
export const ABSENT_SHARE = 0.25;

/** With so few chunks missing, or where they are urgent, a second peer may be asked for one. */
export const ENDGAME_CHUNKS = 8;
/** ... after the first has had it for so long and twice what the second would need. */
export const ENDGAME_PATIENCE_MS = 1_500;

/** Chunks that came are told to peers together. */
export const TELL_MS = 100;

/** A dial that takes longer does not keep others from being tried: most stand after a second. */
export const HOPEFUL_DIAL_MS = 2_500;
/** A request younger than this is hoped for: a chunk that eight share of a line of 2 Mbit/s. */
export const HOPEFUL_REQUEST_MS = 10_000;
/** Dials at the same time beyond the places that are free. */
export const MAX_DIALS = 16;
/** A dial that neither succeeded nor failed is given up. */
export const DIAL_MS = 45_000;
/** A peer that could not be reached, or left, is not dialled again before this; doubled each time. */
export const REDIAL_MS = 30_000;
/** A peer that is of no use is replaced or left at the earliest after this time. */
export const USELESS_MS = 20_000;
/** One peer at most is replaced in this time, so that connections are not churned. */
export const REPLACE_MS = 15_000;
/** Slow is below this share of the mean of all, once its rate has been known this long. */
export const SLOW_SHARE = 0.125;
export const SLOW_MS = 60_000;
/** Peers remembered as barred or unreachable. */
export const MAX_REMEMBERED = 1_024;
/** Blobs that one peer may speak of before they are joined here. */
export const MAX_EARLY_BLOBS = 1_024;

/**
 * Nothing of a blob came for so long: the coordinator serves. Up to twice that by chance, against
 * waves, and twice that again while dials may yet succeed or requests be answered; halved each time that it was in vain.
 */
export const STARVED_MS = 5_000;
/** Chunks that a starved node asks for: so few that peers stay worth it; doubled each time. */
export const STARVED_GRANT = 4;
/**
 * A starved node that no peer has sent anything for so long serves itself, whatever the coordinator
 * grants: it meets nobody, and blobs are public.
 */
export const FORSAKEN_MS = 60_000;
/** Times that either is halved or doubled. */
export const MAX_STARVED_STEPS = 4;
/** Further peers are sought this often while there is room for them ... */
export const PEERS_SEEK_MS = 10_000;
/** ... and this often before so many are linked. */
export const FIRST_PEERS_SEEK_MS = 2_500;
export const ENOUGH_PEERS = 4;
/** Shortest time between two seeks for a blob. */
export const MIN_SEEK_MS = 250;
/** A seek that found nothing at all is not repeated before this. */
export const EMPTY_SEEK_MS = 1_000;
/** A seek whose answer was lost. */
export const SEEK_ANSWER_MS = 15_000;
/** Chunks asked of the coordinator at once before its rate is known, and at least. */
export const FIRST_GRANT = 8;
export const MIN_GRANT = 2;
/** A grant is what can be downloaded in this time, so that the next one is asked for in time. */
export const GRANT_MS = 3_000;
/** Chunks of one HTTP request, and such requests at the same time. */
export const DOWNLOAD_CHUNKS = 4;
export const MAX_DOWNLOADS = 2;
/** After a failed download nothing is asked of the coordinator for so long; doubled each time. */
export const DOWNLOAD_PAUSE_MS = 1_000;
export const MAX_DOWNLOAD_PAUSE_MS = 30_000;

/** Nothing came for so long, and the coordinator does not have it: it cannot be had now. */
export const UNSEEDED_MS = 45_000;
/** The same where the coordinator has it (but does not answer, or its downloads fail). */
export const UNSERVED_MS = 120_000;
