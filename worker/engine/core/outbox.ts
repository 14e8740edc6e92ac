import { BLOCK_SHARDS } from '../../../shared/job/limits.ts';
import type { CoordinatorFrame } from '../../../shared/protocol/frames.ts';
import {
  MAX_DETAIL_CHARS,
  MAX_DETAILS,
  SUBMISSION_TARGET_BYTES,
} from '../../../shared/protocol/limits.ts';
import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import type { KeptSubmission } from '../events.ts';
import { ACK_TIMEOUT_MS, FLUSH_MS, KEEP_AFTER_MS, KEEP_AT_ONCE_MICROS } from './limits.ts';
import { joinSegments, splitSegment } from './segments.ts';
import type { EngineState, Lease, OutboxEntry, Segment, Step } from './state.ts';
import { ticketKey } from './ticket.ts';

type Answer = Extract<CoordinatorFrame, { type: 'ack' | 'refuse' }>;

/** Fixed cost of a submission: ticket, signature, names of fields. */
const ENTRY_BYTES = 512;
/** A status and a length. */
const COLUMN_BYTES = 5;

/** Makes submissions of the results that have waited long enough or are many. */
export function flushDue(step: Step): void {
  for (const lease of step.state.leases.values()) {
    if (lease.segments.length === 0) continue;
    if (lease.segmentBytes >= SUBMISSION_TARGET_BYTES || step.now >= lease.segmentsSince + FLUSH_MS)
      flushLease(step, lease);
  }
}

/** Makes submissions of all results of a lease that are in none yet. */
export function flushLease(step: Step, lease: Lease): void {
  const { segments } = lease;
  lease.segments = [];
  lease.segmentBytes = 0;
  let group: Segment[] = [];
  let bytes = 0;
  let count = 0;
  let details = 0;
  for (const segment of segments.flatMap((whole) => splitSegment(whole, SUBMISSION_TARGET_BYTES))) {
    const last = group.at(-1);
    const adjacent = last && last.first + last.count === segment.first;
    const fits =
      bytes + segment.outputs.length <= SUBMISSION_TARGET_BYTES &&
      count + segment.count <= BLOCK_SHARDS &&
      details + segment.details.length <= MAX_DETAILS;
    if (last && !(adjacent && fits)) {
      addEntry(step, lease, joinSegments(group));
      group = [];
      bytes = count = details = 0;
    }
    group.push(segment);
    bytes += segment.outputs.length;
    count += segment.count;
    details += segment.details.length;
  }
  if (group.length > 0) addEntry(step, lease, joinSegments(group));
}

function addEntry({ state, effects, now }: Step, lease: Lease, segment: Segment): void {
  const { first, count, statuses, digests, lengths, outputs } = segment;
  const frame = {
    type: 'submit' as const,
    ticket: lease.ticket,
    first,
    count,
    statuses,
    digests,
    lengths: new Uint8Array(lengths.buffer, lengths.byteOffset, lengths.byteLength),
    outputs,
    details: segment.details.slice(0, MAX_DETAILS).map(({ at, message, stderr }) => ({
      at,
      message: message.slice(0, MAX_DETAIL_CHARS),
      stderr: stderr.slice(-MAX_DETAIL_CHARS),
    })),
    computeMicros: Math.round(segment.computeMicros),
    signature: null,
  };
  const bytes = entryBytes(frame);
  const key = entryKey(lease.ticket, first, count);
  state.outbox.set(key, { key, frame, bytes, since: now, sentAt: null, kept: false });
  state.outboxBytes += bytes;
  const { signature: _, ...unsigned } = frame;
  effects.push({ type: 'sign', submission: key, frame: unsigned });
}

/** Takes in what the storage gave back. */
export function restoreSubmission({ state, now }: Step, { key, frame }: KeptSubmission): void {
  const bytes = entryBytes(frame);
  state.outbox.set(key, { key, frame, bytes, since: now, sentAt: null, kept: true });
  state.outboxBytes += bytes;
}

/** A submission has its signature and can go. */
export function submissionSigned(
  step: Step,
  key: string,
  signature: Uint8Array<ArrayBuffer>,
): void {
  const entry = step.state.outbox.get(key);
  if (!entry || entry.frame.signature) return;
  entry.frame.signature = signature;
  if (entry.frame.computeMicros >= KEEP_AT_ONCE_MICROS) keep(step, entry);
  if (step.state.connection.state === 'joined') send(step, entry);
}

/** After joining: everything that is not confirmed goes up again. Twice does no harm. */
export function resend(step: Step): void {
  for (const entry of step.state.outbox.values()) if (entry.frame.signature) send(step, entry);
}

/** The coordinator has the submission for good, or will never take it. */
export function submissionAnswered({ state, effects, now }: Step, frame: Answer): void {
  state.connection.answeredAt = now;
  const key = entryKey(frame.ticket, frame.first, frame.count);
  const entry = state.outbox.get(key);
  if (!entry) return;
  state.outbox.delete(key);
  state.outboxBytes -= entry.bytes;
  if (entry.kept) effects.push({ type: 'forget-submission', key });
  // A job that was cancelled meanwhile is nobody's trouble.
  if (frame.type === 'refuse' && frame.code !== 'JOB_ENDED')
    state.problem = { code: frame.code, message: frame.message };
}

/** Writes out what has waited for its confirmation for long. */
export function keepUnconfirmed(step: Step): void {
  for (const entry of step.state.outbox.values())
    if (step.now >= entry.since + KEEP_AFTER_MS) keep(step, entry);
}

/** Writes out everything that is signed: this engine ends. */
export function keepAll(step: Step): void {
  for (const entry of step.state.outbox.values()) keep(step, entry);
}

/** When a connection that answers no submission is taken for dead. */
export function answerDueAt({ outbox, connection }: EngineState): number {
  // In the order of the map; all that is sent on a connection is sent in that order.
  for (const { sentAt } of outbox.values())
    if (sentAt !== null) return Math.max(sentAt, connection.answeredAt) + ACK_TIMEOUT_MS;
  return Number.POSITIVE_INFINITY;
}

/** When the next results are to be made a submission, or the next submission kept. */
export function nextOutboxAt(state: EngineState): number {
  let at = Number.POSITIVE_INFINITY;
  for (const lease of state.leases.values())
    if (lease.segments.length > 0) at = Math.min(at, lease.segmentsSince + FLUSH_MS);
  for (const entry of state.outbox.values())
    if (!entry.kept && entry.frame.signature) at = Math.min(at, entry.since + KEEP_AFTER_MS);
  return at;
}

function entryKey(ticket: Uint8Array, first: number, count: number): string {
  return `${ticketKey(ticket)}:${first}:${count}`;
}

function entryBytes({ count, outputs }: { count: number; outputs: Uint8Array }): number {
  return ENTRY_BYTES + outputs.length + count * (DIGEST_BYTES + COLUMN_BYTES);
}

function send({ effects, now }: Step, entry: OutboxEntry): void {
  const { signature } = entry.frame;
  if (!signature) return;
  entry.sentAt = now;
  effects.push({ type: 'send', frame: { ...entry.frame, signature } });
}

function keep({ effects }: Step, entry: OutboxEntry): void {
  const { signature } = entry.frame;
  if (entry.kept || !signature) return;
  entry.kept = true;
  effects.push({
    type: 'keep-submission',
    submission: { key: entry.key, frame: { ...entry.frame, signature } },
  });
}
