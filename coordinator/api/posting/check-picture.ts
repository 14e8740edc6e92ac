import { ManyhandsError } from '../../../shared/errors.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';

const RGB_BYTES = 3;

/**
 * Whether the job's outputs can be the tiles of its picture.
 * @throws ManyhandsError PICTURE_TILES_MISMATCH, PICTURE_TILE_TOO_LARGE, PICTURE_NOT_COLLECTED
 */
export function checkPicture({ picture, collect, limits, program }: JobSpec, shards: number): void {
  if (!picture) return;
  const { width, height, tileWidth, tileHeight, format } = picture;
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  if (tiles !== shards)
    throw new ManyhandsError(
      'PICTURE_TILES_MISMATCH',
      `The picture has ${tiles} tiles and the job ${shards} shards: there must be one shard a tile.`,
      { path: 'picture', tiles, shards },
    );
  const bytes = tileWidth * tileHeight * RGB_BYTES;
  if (format === 'rgb' && bytes > limits.outputBytes)
    throw new ManyhandsError(
      'PICTURE_TILE_TOO_LARGE',
      `A tile has ${bytes} bytes and a shard may print ${limits.outputBytes}. Use smaller tiles or raise limits.outputBytes.`,
      { path: 'picture', bytes, limit: limits.outputBytes },
    );
  if (program.kind !== 'wasi' || (collect && !collect.stdout))
    throw new ManyhandsError(
      'PICTURE_NOT_COLLECTED',
      'The tiles of a picture come from the stdout of a WASI program. Collect stdout.',
      { path: 'collect.stdout' },
    );
}
