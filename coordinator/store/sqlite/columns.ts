/** Columns of numbers as SQLite's blobs and back. Little-endian, as every platform that runs Node. */

type Column = Uint16Array | Uint32Array | Float32Array;

/** The bytes of a column, without a copy. */
export function toBlob(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

export function toUint16(blob: Uint8Array): Uint16Array {
  return new Uint16Array(aligned(blob));
}

export function toUint32(blob: Uint8Array): Uint32Array {
  return new Uint32Array(aligned(blob));
}

export function toFloat32(blob: Uint8Array): Float32Array {
  return new Float32Array(aligned(blob));
}

function aligned(blob: Uint8Array): ArrayBuffer {
  return blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength) as ArrayBuffer;
}

/** JSON text, or null for an empty list: most rows have no details. */
export function toDetails(details: readonly unknown[]): string | null {
  return details.length === 0 ? null : JSON.stringify(details);
}

export function fromDetails<T>(text: string | null): T[] {
  return text === null ? [] : JSON.parse(text);
}
