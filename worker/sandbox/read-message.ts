import * as z from 'zod/mini';
import { MAX_OUTPUT_BYTES } from '../../shared/job/limits.ts';
import { MAX_DETAIL_CHARS, MAX_DETAILS } from '../../shared/protocol/limits.ts';
import { outcomeName } from '../../shared/verdict/outcome.ts';
import type { FrameFailure, FromSandbox } from './messages.ts';
import type { BatchReport } from './runner.ts';

/** A canonical output adds tags, lengths and file names to what the program wrote. */
const MAX_CANONICAL_BYTES = MAX_OUTPUT_BYTES + 64 * 1024;
/** Largest checkpoint that is kept: it is written to disk again and again. */
const MAX_CHECKPOINT_BYTES = 64 * 1024 * 1024;

const Text = z.string().check(z.maxLength(MAX_DETAIL_CHARS));
const Code = z.string().check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/));
const Count = z.int().check(z.nonnegative());

const Report = z.strictObject({
  type: z.literal('report'),
  batch: z.int(),
  first: Count,
  count: z.int().check(z.positive()),
  statuses: z.instanceof(Uint8Array<ArrayBuffer>),
  lengths: z.instanceof(Uint32Array<ArrayBuffer>),
  outputs: z.instanceof(Uint8Array<ArrayBuffer>),
  details: z
    .array(z.strictObject({ at: Count, message: Text, stderr: Text }))
    .check(z.maxLength(MAX_DETAILS)),
  computeMicros: z.number().check(z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER)),
});

const Message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('up') }),
  z.strictObject({ type: z.literal('loaded') }),
  z.strictObject({
    type: z.literal('invalid'),
    code: Code,
    message: Text,
  }),
  Report,
  z.strictObject({
    type: z.literal('checkpoint'),
    batch: z.int(),
    shard: Count,
    bytes: z.instanceof(Uint8Array<ArrayBuffer>),
  }),
]);

const FrameMessage = z.union([
  z.literal('here'),
  z.strictObject({ message: Text, line: z.nullable(z.int().check(z.positive())) }),
]);

/** What a frame's document has said over its lifeline; null where it is malformed. */
export function readFrameMessage(data: unknown): 'here' | FrameFailure | null {
  const parsed = z.safeParse(FrameMessage, data);
  return parsed.success ? parsed.data : null;
}

/** What a sandbox has said, if it is well formed; null otherwise. It may still be a lie. */
export function readMessage(data: unknown): FromSandbox | null {
  const parsed = z.safeParse(Message, data);
  if (!parsed.success) return null;
  const message = parsed.data;
  if (message.type === 'report' && !columnsAgree(message)) return null;
  if (message.type === 'checkpoint' && message.bytes.length > MAX_CHECKPOINT_BYTES) return null;
  return message;
}

function columnsAgree({ count, statuses, lengths, outputs, details }: BatchReport): boolean {
  if (statuses.length !== count || lengths.length !== count) return false;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (outcomeName(statuses[i]) === undefined || lengths[i] > MAX_CANONICAL_BYTES) return false;
    sum += lengths[i];
  }
  return sum === outputs.length && details.every(({ at }) => at < count);
}
