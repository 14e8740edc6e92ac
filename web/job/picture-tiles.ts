import type { Picture } from '../../shared/job/spec.ts';

/** Where a tile lies in its picture, in pixels; at the right and lower edge it may be cut off. */
export interface TilePlace {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Tiles of a picture, counted row by row. */
export function tileCount({ width, height, tileWidth, tileHeight }: Picture): number {
  return Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
}

/** The place of a shard's tile. */
export function tilePlace(picture: Picture, shard: number): TilePlace {
  const columns = Math.ceil(picture.width / picture.tileWidth);
  return {
    x: (shard % columns) * picture.tileWidth,
    y: Math.floor(shard / columns) * picture.tileHeight,
    width: picture.tileWidth,
    height: picture.tileHeight,
  };
}

/** Pixels as a canvas takes them. */
export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue and full opacity, a byte each. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * The pixels of a tile of raw RGB; null where the bytes are not as many as the tile has. A tile at
 * the edge of the picture may be sent whole or only as far as the picture goes.
 */
export function rgbTile(bytes: Uint8Array, picture: Picture, place: TilePlace): Pixels | null {
  const inside = {
    width: Math.min(place.width, picture.width - place.x),
    height: Math.min(place.height, picture.height - place.y),
  };
  const size = [place, inside].find(({ width, height }) => bytes.length === width * height * 3);
  return size ? withOpacity(bytes, size.width, size.height) : null;
}

/** The pixels of a binary PPM (P6) of one byte a sample; null where it is none. */
export function ppmTile(bytes: Uint8Array): Pixels | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  // White space and comments may stand between the numbers; exactly one white space follows them.
  const gap = '(?:\\s|#[^\\n]*\\n)+';
  const match = new RegExp(`^P6${gap}(\\d+)${gap}(\\d+)${gap}(\\d+)\\s`).exec(head);
  if (match?.[3] !== '255') return null;
  const [width, height] = [Number(match[1]), Number(match[2])];
  const body = bytes.subarray(match[0].length);
  return body.length === width * height * 3 ? withOpacity(body, width, height) : null;
}

function withOpacity(rgb: Uint8Array, width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data[4 * pixel] = rgb[3 * pixel];
    data[4 * pixel + 1] = rgb[3 * pixel + 1];
    data[4 * pixel + 2] = rgb[3 * pixel + 2];
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}
