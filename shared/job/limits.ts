/** Bounds on what a job may ask for. `docs/limits.md` lists them with their reasons. */

/** An hour: a shard that needs more should be cut finer or write checkpoints. */
export const MAX_TIME_MS = 3_600_000;
/** What a browser tab on a 4 GiB phone-class machine can give one program. */
export const MAX_MEMORY_MIB = 1024;
/** Output of one run. Only what is small travels in submissions, the rest stays on the node as blobs. */
export const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Fields of an output from this length on stay on the node; the output only refers to them. One chunk. */
export const REFERRED_FROM_BYTES = 256 * 1024;
/**
 * The same where a later stage takes them: so that their nodes spread them. Shorter ones are not
 * worth a blob each: names, tickets and requests cost as much as the bytes, and caches have places
 * for some thousand blobs.
 */
export const FEEDING_REFERRED_FROM_BYTES = 4 * 1024;
/** Bytes of one canonical output in a submission; half of the largest frame, so that it always fits. */
export const MAX_INLINE_OUTPUT_BYTES = 8 * 1024 * 1024;
/** What refers to its own bytes: 2^40 keeps every manifest in memory-sized bounds. */
export const MAX_REFERRED_BYTES = 2 ** 40;
/** Participant slots that a claimed block keeps for each shard. */
export const MAX_REPLICAS = 16;
export const MAX_ARGUMENTS = 256;
/** Stdin and file templates are text typed by a person, not data; data goes into blobs. */
export const MAX_TEMPLATE_CHARS = 65_536;
export const MAX_GRID_AXES = 16;
/** The spec with this many names stays under a megabyte. */
export const MAX_INPUT_FILES = 10_000;
/** Shards of one job: the integers that a double holds exactly. */
export const MAX_SHARDS = Number.MAX_SAFE_INTEGER;
/** Shards of a full block: the unit of ownership, of storage and of settlement. */
export const BLOCK_SHARDS = 4096;
/** Bytes of one shard's own content (its lines or its file): a 32-bit program must hold it twice. */
export const MAX_SHARD_BYTES = 64 * 1024 * 1024;
/** Chunks of one file: every boundary is in the index, which every node of the job fetches (8 MiB). */
export const MAX_CHUNKS = 1024 * 1024;
/** Elements of each of a module's tables: far more than any program has functions. */
export const MAX_TABLE_ELEMENTS = 1024 * 1024;
/** Tables of a module; compilers make one. */
export const MAX_TABLES = 4;
/** A program: every thread of every node holds it, and its compiled form is some times larger. */
export const MAX_PROGRAM_BYTES = 64 * 1024 * 1024;
/** Stages that a requester may state; a tree adds its own levels. */
export const MAX_STAGES = 8;
/** Groups that a stage's outputs may be taken apart into: each is a file that every shard writes. */
export const MAX_GROUPS = 256;
/** Blobs that a job's view refers to; further ones are fetched from the coordinator only. */
export const MAX_VIEW_BLOBS = 1024;
/** Outputs that one stage takes of the one before: every node of the stage fetches their list (9 MiB). */
export const MAX_PARTS = 131_072;
