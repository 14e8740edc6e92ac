import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { indexBuilder, type SlicedInputs } from './index-builder.ts';
import { MAX_CHUNKS, MAX_SHARD_BYTES } from './limits.ts';
import { decodeIndex, encodeIndex, MAX_LINE_ENTRIES } from './slice-index.ts';
import { shardRange, splitSlices } from './slices.ts';

const file = 'a'.repeat(64);
const lines = (perShard = 1): SlicedInputs => ({ kind: 'lines', file, perShard });
const chunks = (bytes: number): SlicedInputs => ({ kind: 'chunks', file, bytes });

function indexOf(inputs: SlicedInputs, pieces: readonly Uint8Array[]) {
  const builder = indexBuilder(inputs);
  for (const piece of pieces) builder.push(piece);
  return decodeIndex(builder.finish());
}

/** Contents of shards, read as a node reads them: fetch the range, split it. */
function read(inputs: SlicedInputs, bytes: Uint8Array<ArrayBuffer>, first: number, count: number) {
  const index = indexOf(inputs, [bytes]);
  const { start, end } = shardRange(index, first, count);
  const slices = splitSlices(index, inputs, first, count, bytes.slice(start, end));
  const texts = Array.from({ length: count }, (_, k) =>
    fromUtf8(slices.bytes.subarray(slices.starts[k], slices.starts[k + 1])),
  );
  return { ...slices, texts };
}

/** What the rules say, written plainly. */
function expectedLines(text: string, perShard: number): string[] {
  const all = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const groups: string[] = [];
  for (let k = 0; k < all.length; k += perShard) groups.push(all.slice(k, k + perShard).join(''));
  return groups;
}

function expectedChunks(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const cut = rest.lastIndexOf('\n', most - 1) + 1 || most;
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...parts, rest];
}

const text = fc.string({
  unit: fc.constantFrom('a', 'b', '\n', '\r\n'),
  minLength: 1,
  maxLength: 200,
});
const cuts = fc.array(fc.nat(200), { maxLength: 6 });

/** The bytes cut into pieces at the given places. */
function pieces(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((p) => Math.min(p, bytes.length)).toSorted((a, b) => a - b)];
  return sorted.map((from, k) => bytes.subarray(from, sorted[k + 1] ?? bytes.length));
}

describe('lines', () => {
  it('JOB-13 end behind their \\n, the last one at the end of the file', () => {
    expect(read(lines(), utf8('a\r\n\nbc'), 0, 3).texts).toEqual(['a\r\n', '\n', 'bc']);
    expect(read(lines(2), utf8('1\n2\n3\n'), 0, 2).texts).toEqual(['1\n2\n', '3\n']);
  });

  it('JOB-13 are found in pieces of any size as in the whole', () => {
    fc.assert(
      fc.property(text, cuts, fc.integer({ min: 1, max: 4 }), (content, places, perShard) => {
        const bytes = utf8(content);
        const index = indexOf(lines(perShard), pieces(bytes, places));
        const expected = expectedLines(content, perShard);
        expect(index.shards).toBe(expected.length);
        expect(index.fileBytes).toBe(bytes.length);
        expect(read(lines(perShard), bytes, 0, expected.length).texts).toEqual(expected);
      }),
    );
  });

  it('JOB-14 have an index of bounded size, from which any run of shards can still be read', () => {
    const count = 3 * MAX_LINE_ENTRIES + 17;
    const whole = Array.from({ length: count }, (_, k) => k.toString(36)).join('\n');
    const bytes = utf8(whole);
    const index = indexOf(lines(), [bytes]);
    expect(index).toMatchObject({ shards: count, stride: 4 });
    expect(index.offsets.length).toBe(Math.ceil(count / 4));
    fc.assert(
      fc.property(fc.nat(count - 1), fc.integer({ min: 1, max: 5000 }), (first, most) => {
        const size = Math.min(most, count - first);
        const { start, end } = shardRange(index, first, size);
        const slices = splitSlices(index, lines(), first, size, bytes.slice(start, end));
        expect(slices.starts[0]).toBe(0);
        const line = (k: number) =>
          fromUtf8(slices.bytes.subarray(slices.starts[k], slices.starts[k + 1])).trim();
        expect([line(0), line(size - 1)]).toEqual([
          first.toString(36),
          (first + size - 1).toString(36),
        ]);
        expect(slices.bytes).toEqual(
          bytes.slice(slices.offset, slices.offset + slices.starts[size]),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('JOB-15 longer than a program can take are refused while they are read', () => {
    const builder = indexBuilder(lines());
    builder.push(utf8('short\n'));
    const piece = new Uint8Array(1024 * 1024).fill(0x61);
    const feed = () => {
      for (let n = 0; n <= MAX_SHARD_BYTES / piece.length; n++) builder.push(piece);
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'SHARD_TOO_LARGE' }));
  });
});

describe('chunks', () => {
  it('JOB-16 are cut behind the last line end that fits, in mid-line where there is none', () => {
    const bytes = utf8(`${'a'.repeat(1000)}\n${'b'.repeat(1000)}\n${'c'.repeat(3000)}`);
    expect(read(chunks(1024), bytes, 0, 5).texts.map((chunk) => chunk.length)).toEqual([
      1001, 1001, 1024, 1024, 952,
    ]);
  });

  it('JOB-16 are found in pieces of any size as in the whole', () => {
    fc.assert(
      fc.property(text, cuts, fc.integer({ min: 1, max: 40 }), (content, places, most) => {
        const bytes = utf8(content);
        const index = indexOf(chunks(most), pieces(bytes, places));
        const expected = expectedChunks(content, most);
        expect(read(chunks(most), bytes, 0, index.shards).texts).toEqual(expected);
        const last = index.shards - 1;
        const { texts, offset } = read(chunks(most), bytes, last, 1);
        expect(texts).toEqual([expected[last]]);
        expect(offset).toBe(index.offsetOf?.(last));
      }),
    );
  });

  it('JOB-17 of one file are limited in number', () => {
    const builder = indexBuilder(chunks(1));
    builder.push(new Uint8Array(MAX_CHUNKS));
    expect(() => builder.push(Uint8Array.of(0))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_CHUNKS' }),
    );
  });
});

describe('an index', () => {
  it('JOB-8 is not made of an empty file', () => {
    for (const inputs of [lines(), chunks(1024)]) {
      expect(() => indexBuilder(inputs).finish()).toThrow(
        expect.objectContaining({ code: 'INPUT_EMPTY' }),
      );
    }
  });

  it('JOB-18 refuses bytes of another file, and shards that it does not have', () => {
    const index = indexOf(lines(), [utf8('a\nb\nc\n')]);
    for (const bytes of [utf8('a\nb\nc'), utf8('abcde\n')]) {
      expect(() => splitSlices(index, lines(), 0, 3, bytes)).toThrow(
        expect.objectContaining({ code: 'SLICES_MISMATCH' }),
      );
    }
    expect(() => shardRange(index, 2, 2)).toThrow(RangeError);
  });

  it('JOB-18 either decodes to what can be used or fails with a code, whatever the bytes', () => {
    const sound = encodeIndex({
      kind: 'lines',
      shards: 3,
      stride: 1,
      fileBytes: 9,
      offsets: Float64Array.of(0, 3, 5),
    });
    expect(decodeIndex(sound).offsets).toEqual(Float64Array.of(0, 3, 5));
    const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), fc.nat(sound.length), (changes, length) => {
        const bytes = sound.slice(0, length);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const index = decodeIndex(bytes);
          const { start, end } = shardRange(index, 0, index.shards);
          expect([start, end]).toEqual([0, index.fileBytes]);
        } catch (error) {
          expect(error).toBeInstanceOf(ManyhandsError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
