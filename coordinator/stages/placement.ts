import type { PartsIndex } from '../../shared/job/parts-index.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import { MAX_PLACED_SHARDS, type Placement } from '../scheduler/events.ts';

/** Homes of one shard: more than its replicas, so that one that is busy or gone does not matter. */
const MAX_HOMES = 4;
/** A node is a shard's home where it holds this share of its bytes at least. */
const HOME_SHARE = 0.5;

/**
 * Where a stage's shards have their data: for each the nodes that hold most of its bytes. Data that
 * is spread evenly over a crowd has no home, and then it does not matter who takes the shard.
 *
 * @param holdersOf public keys of the nodes that hold a blob wholly
 * @returns undefined where no shard has a home
 */
export function placementOf(
  parts: PartsIndex,
  holdersOf: (blob: BlobId) => readonly string[],
): Placement | undefined {
  if (parts.length > MAX_PLACED_SHARDS) return undefined;
  const homes = parts.map((refs) => {
    const held = new Map<string, number>();
    let whole = 0;
    for (const { id, bytes } of refs) {
      whole += bytes;
      for (const key of new Set(holdersOf(id))) held.set(key, (held.get(key) ?? 0) + bytes);
    }
    return [...held]
      .filter(([, bytes]) => bytes >= whole * HOME_SHARE)
      .toSorted(([a, most], [b, less]) => less - most || (a < b ? -1 : 1))
      .slice(0, MAX_HOMES)
      .map(([key]) => key);
  });
  return homes.some((keys) => keys.length > 0) ? { homes } : undefined;
}
