/** Bounds of the coordinator's part in moving data between peers. `docs/limits.md` lists them. */

/** Blobs from this length on are worth peers: below it a dial costs more than it saves. */
export const SWARM_MIN_BYTES = 1024 * 1024;
/** How long a chunk is left to the node it was granted to: 16 MiB over a slow home line. */
export const GRANT_MS = 30_000;
/** A grant to a node that says it is still at it ends after this all the same. */
export const LONGEST_GRANT_MS = 120_000;
/** A starved node is granted what another was granted longer ago than this: that one is slow. */
export const SLOW_GRANT_MS = 10_000;
/**
 * Chunks that a starved node is granted beyond what nobody has, doubled with each further
 * time that it starves: a dry spell costs little, and a node that meets nobody is soon served fast.
 */
export const STARVED_CHUNKS = 2;
/** A node that starves again within this time has starved all along. */
export const STARVING_MS = 30_000;
/**
 * A chunk that others hold goes to a starved node at most once in so many milliseconds for each
 * member of the swarm, within these bounds: so what the starved cost does not grow with the crowd,
 * and in a small swarm they hardly wait.
 */
export const RELIEF_MS_PER_MEMBER = 20;
export const MIN_RELIEF_MS = 1_000;
export const MAX_RELIEF_MS = 120_000;
/** A starved node is granted the same chunk of what others hold once in this time: a download and its retries. */
export const RELIEF_AGAIN_MS = 60_000;
/** Chunks granted at least to each of many seekers, so that requests stay worth their overhead. */
export const SHARE_CHUNKS = 4;
/** A node that has no peer id by then is taken to have no WebRTC: a busy phone loads libp2p within this. */
export const ENTER_GRACE_MS = 15_000;
/** Introductions to one node at once: twice the connections that it takes. */
export const INTRODUCTION_BURST = 16;
/** Further introductions to it: more often than connections end in a calm swarm. */
export const INTRODUCTIONS_PER_SECOND = 0.5;
/** Two nodes are introduced again after this time: a dial that failed has ended by then. */
export const INTRODUCE_AGAIN_MS = 20_000;
/** Two nodes that are not linked so long after their introduction have not met: most links stand after a second. */
export const MEETING_MS = 3_000;
/**
 * A node is hard to meet when at least so many introductions came to nothing, and so many times as
 * many as became links: a router that meets a quarter of the others at most.
 */
export const HARD_MISSES = 3;
/** Introductions that are kept of a node that lets everybody in for those who are hard to meet. */
export const OPEN_RESERVE = 8;
/** Members looked at for one introduction, so that its cost does not grow with the swarm. */
export const SAMPLE_PER_PEER = 4;
/** Seconds of the seeding rate that may be granted at once. */
export const SEED_BURST_SECONDS = 2;
/** Bytes by which one blob's grants may run ahead of another's that waits: 16 chunks. */
export const SEED_LEAD_BYTES = 4 * 1024 * 1024;
/** A blob whose seekers have not asked for so long waits for nothing. */
export const SEED_WAITING_MS = 3_000;
/** Seeks that all nodes together are asked to keep below, a second: a tenth of what a core answers. */
export const SEEKS_PER_SECOND = 2_000;
/** Shortest and longest time between two seeks of a node for one blob. */
export const MIN_RETRY_MS = 250;
export const MAX_RETRY_MS = 30_000;
/** Time between two seeks of a node that was granted nothing. */
export const IDLE_RETRY_MS = 1_000;
/** Accusers on distinct networks that end a node's introductions: one may be mistaken, or lie. */
export const ACCUSERS = 2;
/** Frames about data that a node may send at once, and a second: many times what a sound one does. */
export const SWARM_FRAME_BURST = 512;
export const SWARM_FRAMES_PER_SECOND = 32;
/** Blobs that one node may hold or seek, and their chunks in all (64 GiB, 1 MiB of memory): what is kept for a node is bounded. */
export const MAX_MEMBERSHIPS = 4_096;
export const MAX_MEMBER_CHUNKS = 2 ** 18;
/** An introduction is shown within this time: a dial and its retries. */
export const INTRODUCTION_MS = 90_000;
/** Bytes a second that a node is believed to have got from peers: a gigabit line. */
export const MAX_TOLD_BYTES_PER_SECOND = 125_000_000;
/** Seconds of them that one report may be about. */
export const MAX_TOLD_SECONDS = 60;
/** Pairs of job and node that are remembered after a lease, so that a node may come back for data. */
export const MAX_PARTICIPANTS = 1_000_000;
/** Keys of nodes that served wrong bytes; the oldest are forgotten first. */
export const MAX_BANNED = 100_000;
/** Blobs whose length is remembered; that one is missing is believed for so long. */
export const MAX_KNOWN_BLOBS = 100_000;
export const MISSING_BLOB_MS = 2_000;
