import { describe, expect, test } from 'vitest';
import { concat, utf8 } from '../../shared/bytes.ts';
import type { Picture } from '../../shared/job/spec.ts';
import { ppmTile, rgbTile, tileCount, tilePlace } from './picture-tiles.ts';

const PICTURE: Picture = { width: 5, height: 3, tileWidth: 2, tileHeight: 2, format: 'rgb' };

describe('WEB-7 tiles of a picture', () => {
  test('lie row by row from the top left', () => {
    expect(tileCount(PICTURE)).toBe(6);
    expect(tilePlace(PICTURE, 0)).toEqual({ x: 0, y: 0, width: 2, height: 2 });
    expect(tilePlace(PICTURE, 2)).toMatchObject({ x: 4, y: 0 });
    expect(tilePlace(PICTURE, 3)).toMatchObject({ x: 0, y: 2 });
  });

  test('of raw RGB have three bytes a pixel', () => {
    const tile = rgbTile(
      Uint8Array.from({ length: 12 }, (_, k) => k),
      PICTURE,
      tilePlace(PICTURE, 0),
    );
    expect(tile).toMatchObject({ width: 2, height: 2 });
    expect([...(tile?.data.subarray(4, 12) ?? [])]).toEqual([3, 4, 5, 255, 6, 7, 8, 255]);
    expect(rgbTile(new Uint8Array(11), PICTURE, tilePlace(PICTURE, 0))).toBeNull();
  });

  test('at the edge may be whole or end with the picture', () => {
    const corner = tilePlace(PICTURE, 5);
    expect(rgbTile(new Uint8Array(12), PICTURE, corner)).toMatchObject({ width: 2, height: 2 });
    expect(rgbTile(new Uint8Array(3), PICTURE, corner)).toMatchObject({ width: 1, height: 1 });
  });

  test('of PPM say their size, with comments in the head', () => {
    const ppm = concat([utf8('P6 # by hand\n2 1\n255\n'), Uint8Array.of(10, 35, 32, 1, 2, 3)]);
    expect(ppmTile(ppm)).toMatchObject({ width: 2, height: 1 });
    expect([...(ppmTile(ppm)?.data ?? [])]).toEqual([10, 35, 32, 255, 1, 2, 3, 255]);
    expect(ppmTile(ppm.slice(0, -1))).toBeNull();
    expect(ppmTile(utf8('P3 1 1 255 0 0 0'))).toBeNull();
  });
});
