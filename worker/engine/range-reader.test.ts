import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeReader } from './range-reader.ts';

const MIB = 1024 * 1024;
const file = new Uint8Array(5 * MIB + 123);
for (let at = 0; at < file.length; at += 997) file[at] = at % 251;

test('ENG-42 parts of a file are what they are, wherever they lie', async () => {
  const reader = new RangeReader(file.length, async (start, end) => file.slice(start, end));
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: file.length - 1 }),
      fc.integer({ min: 1, max: 3 * MIB }),
      async (start, length) => {
        const end = Math.min(file.length, start + length);
        const read = await reader.read(start, end);
        expect(Buffer.compare(read, file.subarray(start, end))).toBe(0);
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});

test('ENG-42 neighbours share one request', async () => {
  let requests = 0;
  const reader = new RangeReader(file.length, async (start, end) => {
    requests++;
    return file.slice(start, end);
  });
  for (let at = 0; at < MIB; at += 1000) await reader.read(at, Math.min(at + 1000, MIB));
  expect(requests).toBe(1);
});

test('ENG-42 what could not be read is asked for again', async () => {
  let fail = true;
  const reader = new RangeReader(file.length, async (start, end) => {
    if (fail) throw new Error('offline');
    return file.slice(start, end);
  });
  await expect(reader.read(0, 10)).rejects.toThrow('offline');
  fail = false;
  expect(await reader.read(0, 10)).toEqual(file.slice(0, 10));
});
