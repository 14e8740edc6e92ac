/** Bounds of a node's cache. `docs/limits.md` lists them with their reasons. */

/** Blobs of one cache: their records are in memory, a few hundred bytes each and their manifests. */
export const MAX_CACHED_BLOBS = 4096;
/** A record is written again at the latest after so many chunks: what a crash may forget (4 MiB). */
export const RECORD_EVERY_CHUNKS = 16;
/** And at the latest after so many milliseconds. */
export const RECORD_AFTER_MS = 1_000;
