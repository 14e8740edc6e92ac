/** Bounds of outputs that stay on nodes. `docs/limits.md` lists them. */

/** Connected nodes that hold an output the coordinator can do without: one may go without a word. */
export const ENOUGH_HOLDERS = 2;
/** After a verdict, until its holders are counted: replicas of the last moment say what they hold. */
export const SETTLE_MS = 3_000;
/** Nobody holds an output: nodes come back with their cache after a reload or a break of the line. */
export const LOST_MS = 30_000;
/** Uploads that are asked for ahead of need at a time: they leave room for requesters' own. */
export const DEPOSITS_AHEAD = 4;
/** Uploads that are asked for at a time because somebody waits for them. */
export const DEPOSITS_WANTED = 16;
/** A node has this long for an upload, and a second for each of these bytes: a line of 1 Mbit/s. */
export const DEPOSIT_MS = 30_000;
export const DEPOSIT_BYTES_A_SECOND = 125_000;
/** A ticket for an upload is good this long: late bytes are of use, and are checked all the same. */
export const DEPOSIT_TICKET_MS = 3_600_000;
/** The coordinator was busy or full: the same node is asked again after this time. */
export const POSTPONED_MS = 5_000;
/** Needed outputs that are on nodes only; further ones are uploaded at once. Some 50 MiB of memory. */
export const MAX_ON_NODES = 100_000;
/**
 * From so many outputs on one node on, further ones do not count as safe there and are uploaded
 * ahead: a node's cache has places for 4,096 blobs, and it must not fill up with what others hold as well.
 */
export const MANY_ON_ONE_NODE = 1_024;
/** Outputs that one node may say it holds; further ones are not counted. */
export const MAX_HELD_BY_NODE = 16_384;
/** Times that one shard is computed anew because its output was lost: beyond it somebody lies. */
export const MAX_REOPENED = 3;
/** Shards whose losses are counted; the oldest are forgotten. */
export const MAX_LOSSES_KNOWN = 10_000;
/** Requests that may wait for an output at a time. */
export const MAX_WAITING = 256;
/** A request waits this long for an output to arrive: proxies give up soon after. */
export const WAIT_MS = 25_000;
/** Outputs that are looked at for the next upload when one has ended; all are with each tick. */
export const LOOK_AHEAD = 64;
/** How often time passes for outputs. */
export const OUTPUTS_TICK_MS = 500;
