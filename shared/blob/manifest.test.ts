import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, toHex } from '../bytes.ts';
import { CHUNK_BYTES, chunkCount, chunkRange } from './chunks.ts';
import { decodeManifest, describeBlob, encodeManifest } from './manifest.ts';

/** Bytes that differ from chunk to chunk without taking long to make. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1021) bytes[at] = (at / 1021) & 0xff;
  return bytes;
}

const lengths = fc.oneof(
  fc.constantFrom(0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES),
  fc.integer({ min: 0, max: 4 * CHUNK_BYTES }),
);

test('BLB-1 the chunks of a blob lie side by side and make it up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => {
      const count = chunkCount(bytes);
      expect(count === 0 ? 0 : chunkRange(bytes, count - 1).end).toBe(bytes);
      if (count < 2) return;
      expect(chunkRange(bytes, 0)).toEqual({ start: 0, end: CHUNK_BYTES });
      expect(chunkRange(bytes, count - 1).start).toBe(chunkRange(bytes, count - 2).end);
    }),
  );
});

test('BLB-2 a reference and its manifest name every byte of a blob', () => {
  fc.assert(
    fc.property(lengths, (length) => {
      const bytes = bytesOf(length);
      const { ref, manifest } = describeBlob(bytes);
      expect(ref).toMatchObject({ id: toHex(sha256(bytes)), bytes: length });
      if (manifest === null) {
        expect(length).toBeLessThanOrEqual(CHUNK_BYTES);
        expect(ref.manifest).toBe(ref.id);
        return;
      }
      const digests = decodeManifest(manifest, ref);
      expect(digests).toHaveLength(chunkCount(length));
      for (const [chunk, digest] of digests.entries()) {
        const { start, end } = chunkRange(length, chunk);
        expect(toHex(digest)).toBe(toHex(sha256(bytes.subarray(start, end))));
      }
    }),
    { numRuns: 20 },
  );
});

describe('BLB-3 what is not the manifest that the reference names is refused:', () => {
  const { ref, manifest } = describeBlob(bytesOf(2 * CHUNK_BYTES + 7));
  if (!manifest) throw new Error('three chunks have a manifest');
  const mismatch = expect.objectContaining({ code: 'MANIFEST_MISMATCH' });

  test('one with a byte changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: manifest.length - 1 }), (at) => {
        const changed = manifest.slice();
        changed[at] ^= 1;
        expect(() => decodeManifest(changed, ref)).toThrow(mismatch);
      }),
    );
  });

  test('one that is cut short, or goes on', () => {
    expect(() => decodeManifest(manifest.subarray(0, -1), ref)).toThrow(mismatch);
    expect(() => decodeManifest(concat([manifest, Uint8Array.of(0)]), ref)).toThrow(mismatch);
    expect(() => decodeManifest(new Uint8Array(0), ref)).toThrow(mismatch);
  });

  test('one of another length, though its name fits', () => {
    const digests = decodeManifest(manifest, ref);
    const other = encodeManifest(2 * CHUNK_BYTES + 8, digests);
    const named = { ...ref, manifest: toHex(sha256(other)) };
    expect(() => decodeManifest(other, named)).toThrow(mismatch);
  });
});
