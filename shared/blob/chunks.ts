/** Bytes of a chunk: what is asked of one peer at a time, and verified before it is believed. */
export const CHUNK_BYTES = 256 * 1024;

/** Chunks of a blob of so many bytes; an empty blob has none. */
export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES);
}

/** Bytes `start .. end - 1` that chunk `chunk` is of a blob of `bytes` bytes; the last may be shorter. */
export function chunkRange(bytes: number, chunk: number): { start: number; end: number } {
  const start = chunk * CHUNK_BYTES;
  return { start, end: Math.min(bytes, start + CHUNK_BYTES) };
}
