/** This machine has not the memory that the program's limits allow. */
export class OutOfMemory extends Error {}

/**
 * Zeroed bytes.
 * @throws OutOfMemory, where the engine's own error is one that programs can cause as well.
 */
export function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new OutOfMemory();
  }
}
