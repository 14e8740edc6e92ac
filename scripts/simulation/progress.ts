/** How far a run has come, as a program of the simulation writes it to `/checkpoint`. */
export interface Progress {
  /** From 0 to 1. */
  done: number;
  /** Number of the node that spoiled it, and how; null while it is sound. */
  spoilt: { by: number; how: 'answer' | 'trap' } | null;
}

const HOW = ['sound', 'answer', 'trap'] as const;

/** The bytes of a checkpoint. */
export function writeProgress({ done, spoilt }: Progress): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(6);
  bytes[0] = Math.round(done * 255);
  bytes[1] = HOW.indexOf(spoilt?.how ?? 'sound');
  new DataView(bytes.buffer).setUint32(2, spoilt?.by ?? 0);
  return bytes;
}

/** What a run begins with. */
export function readProgress(checkpoint: Uint8Array<ArrayBuffer> | null): Progress {
  if (!checkpoint) return { done: 0, spoilt: null };
  const how = HOW[checkpoint[1]];
  const by = new DataView(checkpoint.buffer, checkpoint.byteOffset).getUint32(2);
  return { done: checkpoint[0] / 255, spoilt: how === 'sound' ? null : { by, how } };
}
