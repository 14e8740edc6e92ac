import type { ShardContent } from '../../shared/job/inputs.ts';
import { shardRange, splitSlices } from '../../shared/job/slices.ts';
import type { Draft } from './draft.ts';
import type { FileIndexState } from './use-file-index.ts';

/**
 * The bytes of a file-backed shard, read from the requester's own disk; undefined where shards have
 * none, null where they are not known yet.
 */
export async function readShardContent(
  inputs: Draft['inputs'],
  index: FileIndexState,
  shard: number,
): Promise<ShardContent | undefined | null> {
  switch (inputs.kind) {
    case 'range':
    case 'grid':
      return undefined;
    case 'files': {
      const file = inputs.files[shard];
      return file ? { bytes: new Uint8Array(await file.arrayBuffer()), offset: 0 } : null;
    }
    case 'lines':
    case 'chunks': {
      if (index.stage !== 'ready' || !inputs.file || shard >= index.index.shards) return null;
      const { start, end } = shardRange(index.index, shard, 1);
      const bytes = new Uint8Array(await inputs.file.slice(start, end).arrayBuffer());
      return splitSlices(index.index, index.inputs, shard, 1, bytes);
    }
  }
}
