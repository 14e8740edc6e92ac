/** Bounds of a node's cache. `docs/limits.md` lists them with their reasons. */

/** Blobs of one cache: their records are in memory, a few hundred bytes each and their manifests. */
export const MAX_CACHED_BLOBS = 4096;
/** A record is written again at the latest after so many chunks: what a crash may forget (4 MiB). */
export const RECORD_EVERY_CHUNKS = 16;
/** And at the latest after so many milliseconds. */
export const RECORD_AFTER_MS = 1_000;
/** Blob files open at a time: opening costs a millisecond or two, an open one holds a descriptor. */
export const MAX_OPEN_FILES = 16;
/** A browser frees an ended worker's files within a second; after five it is somebody else's. */
export const HANDLE_RETRIES = 50;
export const HANDLE_RETRY_MS = 100;
/** A cache that is open in another engine of this browser is waited for so long, in milliseconds. */
export const OPEN_PATIENCE_MS = 5_000;
/** The share of what the browser gives an origin that the cache takes at most: work is kept there, too. */
export const SHARE_OF_QUOTA = 0.5;
