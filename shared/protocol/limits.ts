/** Bounds of the wire between node and coordinator. */

/** Protocol versions that this build speaks, best first. */
export const PROTOCOL_VERSIONS: readonly number[] = [2];
/** Room for one largest output with its columns, twice over. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Outputs of a submission are cut here, so that a slow uplink shows progress and acks come often. */
export const SUBMISSION_TARGET_BYTES = 1024 * 1024;
/** A ticket is fixed-size fields and a MAC; this leaves room for more fields. */
export const MAX_TICKET_BYTES = 256;
/** stderr and message of one failed run. */
export const MAX_DETAIL_CHARS = 4096;
/** Failed runs of one submission that carry details. */
export const MAX_DETAILS = 64;
/** A node says that it lives this often; the coordinator gives up on it after three misses. */
export const HEARTBEAT_MS = 3_000;
export const HEARTBEAT_MISSES = 3;
/** Threads of one node: more than any desktop has. */
export const MAX_THREADS = 256;
/** Peer connections of one node: enough for rarest-first to work, few enough for a home router. */
export const MAX_PEERS = 8;
/** Chunks that one `found` may grant: 16 MiB, some seconds of a home line. */
export const MAX_GRANT_CHUNKS = 64;
/** Bits for a blob of 16 GiB. */
export const MAX_MISSING_BYTES = 8192;
/** Blobs that one frame may speak of. */
export const MAX_HELD = 1024;
/** A checkpoint that moves to another node: what fits a home uplink within a page's last moments. */
export const MAX_MOVED_CHECKPOINT_BYTES = 1024 * 1024;
/** Where the relay's WebSocket is on the coordinator's address. */
export const RELAY_PATH = '/relay';
