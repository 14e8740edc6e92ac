import { utf8 } from '../../shared/bytes.ts';
import type { Take } from '../../shared/job/spec.ts';
import type { Output } from '../../shared/verdict/output.ts';

/** What the next stage is given of one output: the first group in which there is anything, or all. */
export function handedOn(
  { stdout, stderr, value, files = [] }: Output,
  take: Take,
): { shard: number; bytes: Uint8Array<ArrayBuffer> } {
  if (take.kind === 'groups') {
    const shard = Math.max(
      0,
      files.findIndex(({ bytes }) => bytes.length > 0),
    );
    return { shard, bytes: new Uint8Array(files[shard]?.bytes ?? []) };
  }
  const field = stdout ?? stderr ?? (value === undefined ? files[0]?.bytes : utf8(value));
  return { shard: 0, bytes: new Uint8Array(field ?? []) };
}
