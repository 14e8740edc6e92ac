import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeBlob } from '../../shared/blob/manifest.ts';
import { concat, toHex, utf8 } from '../../shared/bytes.ts';
import { MAX_INLINE_OUTPUT_BYTES } from '../../shared/job/limits.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import {
  decodeOutput,
  encodeOutput,
  hasReferences,
  type Output,
} from '../../shared/verdict/output.ts';
import type { BatchReport } from '../sandbox/runner.ts';
import { exampleJob } from './core/test-jobs.ts';
import { isReferring, type KeepOutput, referOutput, referReport } from './outputs.ts';

const limits = { timeMs: 10_000, memoryMiB: 64, outputBytes: 1024 * 1024 };
const job = exampleJob('a', { limits });

/** Keeps in memory, by blob id. */
function keeper(): { keep: KeepOutput; kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  const keep: KeepOutput = async (bytes) => {
    const { ref } = describeBlob(bytes);
    kept.set(ref.id, bytes);
    return ref;
  };
  return { keep, kept };
}

/** The output with the bytes back in place of the references. */
function restore({ referred, ...output }: Output, kept: ReadonlyMap<string, Uint8Array>): Output {
  const whole = { ...output };
  for (const { field, path, blob } of referred ?? []) {
    const bytes = kept.get(blob.id) ?? new Uint8Array(0);
    if (field === 'value') whole.value = new TextDecoder().decode(bytes);
    else if (field === 'file') whole.files = [...(whole.files ?? []), { path, bytes }];
    else whole[field] = bytes;
  }
  return whole;
}

const byPath = (output: Output) => ({
  ...output,
  files: output.files?.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
});

const content = fc.uint8Array({ maxLength: 60 });
const outputs: fc.Arbitrary<Output> = fc.record(
  {
    stdout: content,
    stderr: content,
    exitCode: fc.integer({ min: 0, max: 255 }),
    value: fc.json(),
    files: fc.uniqueArray(
      fc.record({ path: fc.string({ unit: 'grapheme', minLength: 1 }), bytes: content }),
      {
        minLength: 1,
        maxLength: 4,
        selector: ({ path }) => path,
      },
    ),
  },
  { requiredKeys: [] },
);

test('SWM-110 references and what is left make up the whole output, and only large fields are replaced', async () => {
  await fc.assert(
    fc.asyncProperty(outputs, fc.integer({ min: 0, max: 50 }), async (output, from) => {
      const { keep, kept } = keeper();
      const bytes = await referOutput(encodeOutput(output), from, keep);
      const referring = decodeOutput(bytes);
      expect(byPath(restore(referring, kept))).toEqual(byPath(output));
      for (const { blob } of referring.referred ?? []) {
        expect(blob.bytes).toBeGreaterThanOrEqual(Math.max(1, from));
        expect(toHex(kept.get(blob.id) ?? new Uint8Array(0))).not.toBe('');
      }
      const inline = [
        referring.stdout,
        referring.stderr,
        ...(referring.files ?? []).map((f) => f.bytes),
      ];
      for (const field of inline) if (field) expect(field.length).toBeLessThan(Math.max(1, from));
      expect(hasReferences(bytes)).toBe(referring.referred !== undefined);
    }),
  );
});

test('SWM-110 equal outputs refer alike, so that replicas agree', async () => {
  const output = encodeOutput({ stdout: new Uint8Array(100).fill(1), exitCode: 0 });
  const [a, b] = [
    await referOutput(output, 10, keeper().keep),
    await referOutput(output, 10, keeper().keep),
  ];
  expect(a).toEqual(b);
});

test('SWM-111 many fields that are small each, but too long together, are all references', async () => {
  const bytes = new Uint8Array(200 * 1024).fill(3);
  const count = Math.ceil(MAX_INLINE_OUTPUT_BYTES / bytes.length) + 1;
  const files = Array.from({ length: count }, (_, i) => ({ path: `/${i}`, bytes }));
  const { keep, kept } = keeper();
  const referring = await referOutput(encodeOutput({ files, stdout: utf8('x') }), 256 * 1024, keep);
  expect(referring.length).toBeLessThan(MAX_INLINE_OUTPUT_BYTES);
  expect(decodeOutput(referring).referred).toHaveLength(count + 1);
  // Equal bytes are one blob.
  expect(kept.size).toBe(2);
});

function reportOf(parts: { status: number; output: Uint8Array }[]): BatchReport {
  return {
    batch: 1,
    first: 0,
    count: parts.length,
    statuses: Uint8Array.from(parts, ({ status }) => status),
    lengths: Uint32Array.from(parts, ({ output }) => output.length),
    outputs: concat(parts.map(({ output }) => output)),
    details: [],
    computeMicros: 1,
  };
}

const large = encodeOutput({ stdout: new Uint8Array(job.referredFromBytes) });
const small = encodeOutput({ stdout: new Uint8Array(3) });

test('SWM-112 a report refers only for its large outputs of runs that ended well', async () => {
  expect(isReferring(reportOf([{ status: Outcome.ok, output: small }]), job)).toBe(false);
  expect(isReferring(reportOf([{ status: Outcome.exit, output: large }]), job)).toBe(false);
  const report = reportOf([
    { status: Outcome.ok, output: small },
    { status: Outcome.ok, output: large },
  ]);
  expect(isReferring(report, job)).toBe(true);
  const referring = await referReport(report, job, keeper().keep);
  expect(referring?.outputs.subarray(0, small.length)).toEqual(small);
  expect(referring?.lengths[1]).toBeLessThan(200);
});

test('SWM-113 what a sandbox made up is no report: malformed outputs, and references of its own', async () => {
  const malformed = new Uint8Array(job.referredFromBytes + 9).fill(0xff);
  const { ref } = describeBlob(new Uint8Array(1));
  const forged = encodeOutput({
    stdout: new Uint8Array(job.referredFromBytes),
    referred: [{ field: 'stderr', path: '', blob: ref }],
  });
  for (const output of [malformed, forged])
    expect(
      await referReport(reportOf([{ status: Outcome.ok, output }]), job, keeper().keep),
    ).toBeNull();
});

test('SWM-114 no report comes of outputs that cannot be kept', async () => {
  const report = reportOf([{ status: Outcome.ok, output: large }]);
  const full = () => Promise.reject(new Error('no room'));
  await expect(referReport(report, job, full)).rejects.toThrow('no room');
});
