import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../blob/chunks.ts';
import type { BlobRef } from '../blob/ref.ts';
import { toHex } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { MAX_SHARD_BYTES } from './limits.ts';
import {
  contentBytes,
  decodePartsIndex,
  encodePartsIndex,
  type PartsIndex,
} from './parts-index.ts';

const name = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const part: fc.Arbitrary<BlobRef> = fc
  .record({ id: name, manifest: name, bytes: fc.integer({ min: 1, max: 4 * CHUNK_BYTES }) })
  .filter(({ id, manifest }) => id !== manifest)
  .map(({ id, manifest, bytes }) => ({
    id,
    bytes,
    manifest: bytes <= CHUNK_BYTES ? id : manifest,
  }));
const index: fc.Arbitrary<PartsIndex> = fc.array(fc.array(part, { maxLength: 5 }), {
  minLength: 1,
  maxLength: 8,
});

const refused = (bytes: Uint8Array) => {
  try {
    decodePartsIndex(bytes);
  } catch (error) {
    return error instanceof ManyhandsError && error.code;
  }
  return null;
};
const id = 'ab'.repeat(32);

describe('the parts of a stage', () => {
  it('STG-1 come back as they were written', () => {
    fc.assert(
      fc.property(index, (given) => {
        expect(decodePartsIndex(encodePartsIndex(given))).toEqual(given);
      }),
    );
  });

  it('STG-1 are read whole or not at all', () => {
    fc.assert(
      fc.property(index, fc.nat(), (given, cut) => {
        const bytes = encodePartsIndex(given);
        expect(refused(bytes.subarray(0, cut % bytes.length))).toBe('INDEX_MALFORMED');
      }),
    );
  });

  it('STG-1 whatever the bytes, what is read could have been written', () => {
    fc.assert(
      fc.property(index, fc.nat(), fc.integer({ min: 0, max: 255 }), (given, at, byte) => {
        const bytes = encodePartsIndex(given);
        bytes[at % bytes.length] = byte;
        if (refused(bytes) === null)
          expect(encodePartsIndex(decodePartsIndex(bytes))).toEqual(bytes);
        else expect(refused(bytes)).toBe('INDEX_MALFORMED');
      }),
    );
  });

  it('STG-1 are never more than a run can be given', () => {
    const half = { id, manifest: 'cd'.repeat(32), bytes: MAX_SHARD_BYTES / 2 };
    expect(contentBytes([half, half])).toBe(MAX_SHARD_BYTES);
    expect(refused(encodePartsIndex([[half, half]]))).toBeNull();
    expect(refused(encodePartsIndex([[half, half, { id, manifest: id, bytes: 1 }]]))).toBe(
      'INDEX_MALFORMED',
    );
  });
});
