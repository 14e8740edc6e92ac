/** The engine's own bounds and paces, in milliseconds where nothing else is said. */

/** Work to hold for each thread: two leases of a second or two, so that a slow link starves nobody. */
export const LEAD_MS = 3_000;
/** Demand is renewed at most this often: a storm of small leases must not become a storm of frames. */
export const WANT_INTERVAL_MS = 50;

/** Computing in one batch: long enough that a message costs nothing, short enough to stop soon. */
export const BATCH_MS = 100;
/** Batches of one slot under way: at a few microseconds a shard a batch is one whole lease. */
export const MAX_QUEUED_BATCHES = 8;

/** Results wait this long for their neighbours, so that tiny shards go up by the thousand. */
export const FLUSH_MS = 500;
/** Results that the coordinator does not have yet; beyond it nothing new is begun. */
export const MAX_OUTBOX_BYTES = 64 * 1024 * 1024;
/** A submission unconfirmed this long is worth a write to the storage ... */
export const KEEP_AFTER_MS = 2_000;
/** ... and one with this much computing in it is worth it at once. */
export const KEEP_AT_ONCE_MICROS = 1_000_000;
/** No answer to any submission: the connection is dead, for the largest takes a minute at 1 Mbit/s. */
export const ACK_TIMEOUT_MS = 120_000;

/** Silence beyond a shard's time limit before it is killed: reports are late on a busy machine. */
export const SILENCE_GRACE_MS = 500;
/** Making a program ready, compilation of tens of megabytes on a slow phone included. */
export const LOAD_LIMIT_MS = 60_000;
/** A new or killed sandbox is usable again by then, or it is replaced. */
export const READY_LIMIT_MS = 20_000;
/** Sandboxes that break down are replaced after a pause that doubles from the first to the second. */
export const SLOT_RETRY_MS = 500;
export const SLOT_RETRY_LIMIT_MS = 60_000;
/** A slot that is no longer wanted may complete its batch in this time. */
export const DRAIN_MS = 1_000;
/** Longer than any wake-up is apart while connected: the machine slept, and so long that it was given up. */
export const SLEPT_MS = 10_000;

/** A pause shorter than this costs no lease; after it the work is given back for others. */
export const PAUSE_KEEP_MS = 60_000;
/** Finish waits this long for confirmations; what is unconfirmed then goes to the storage. */
export const FINISH_WAIT_MS = 10_000;

/** Pauses between attempts to connect, before jitter: they double from the first to the second. */
export const RECONNECT_MS = 500;
export const RECONNECT_LIMIT_MS = 30_000;
/** A version that is too old does not become newer by asking often. */
export const REFUSED_RECONNECT_MS = 60_000;
/** From `connect` to `joined`. */
export const JOIN_LIMIT_MS = 15_000;

/** Demand rests after a program could not be had or loaded; doubles from the first to the second. */
export const TROUBLE_MS = 1_000;
export const TROUBLE_LIMIT_MS = 60_000;
/** Times that a program may break its sandbox while loading. */
export const MAX_LOAD_FAILURES = 3;
/** A program that no lease needs stays in memory this long, for the next lease of its job. */
export const JOB_KEEP_MS = 30_000;

/** A program that checkpoints without pause is written to the storage this often. */
export const CHECKPOINT_INTERVAL_MS = 1_000;
/** Shards that leave checkpoints and end this soon after the first need not move: most end sooner. */
export const HAND_OVER_FIRST_MS = 5_000;
/** What a tab that crashes may lose of a run, as far as the coordinator is concerned. */
export const HAND_OVER_INTERVAL_MS = 30_000;
/** Bytes of checkpoints a second that go up while all is well: a tenth of a slow home's uplink. */
export const HAND_OVER_BYTES_PER_SECOND = 32 * 1024;
/** What goes up when the page closes: more than that no uplink takes in its last moments. */
export const PARTING_BYTES = 2 * 1024 * 1024;
/** Checkpoints in memory; beyond it the oldest are dropped. */
export const MAX_CHECKPOINT_BYTES = 128 * 1024 * 1024;
/** Encoded outputs are a little longer than what the program wrote: tags, lengths, paths. */
export const OUTPUT_SLACK_BYTES = 64 * 1024;
