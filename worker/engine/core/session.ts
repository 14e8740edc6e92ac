import { equalBytes } from '../../../shared/bytes.ts';
import type { CoordinatorFrame } from '../../../shared/protocol/frames.ts';
import { HEARTBEAT_MS, MAX_THREADS, PROTOCOL_VERSIONS } from '../../../shared/protocol/limits.ts';
import type { IdleReason, NodeOffer } from '../events.ts';
import { forgetIdleJobs } from './jobs.ts';
import { JOIN_LIMIT_MS, RECONNECT_LIMIT_MS, RECONNECT_MS, REFUSED_RECONNECT_MS } from './limits.ts';
import { answerDueAt, resend } from './outbox.ts';
import type { EngineState, Step } from './state.ts';

type Connection = EngineState['connection'];
type WelcomeFrame = Extract<CoordinatorFrame, { type: 'welcome' }>;
type JoinedFrame = Extract<CoordinatorFrame, { type: 'joined' }>;

/** Errors after which trying again at once is of no use, and what a contributor is told then. */
const REFUSALS: ReadonlyMap<string, IdleReason> = new Map([
  ['NODE_TOO_OLD', 'too-old'],
  ['COORDINATOR_TOO_OLD', 'too-old'],
  // Taking the connection back at once would start a quarrel with our double.
  ['NODE_REPLACED', 'offline'],
]);

/** Connects when it is time to, notices connections that are dead, and says that this node lives. */
export function tendConnection(step: Step): void {
  const { state, now, effects } = step;
  const { connection } = state;
  if (connection.state === 'closed') {
    if (now < connection.retryAt) return;
    enter(step, 'opening');
    effects.push({ type: 'connect' });
  } else if (now >= deadAt(state)) abandonConnection(step);
  else if (connection.state === 'joined' && now >= connection.heartbeatAt) {
    connection.heartbeatAt = now + HEARTBEAT_MS;
    effects.push({ type: 'send', frame: { type: 'heartbeat' } });
  }
}

/** Gives a connection up: it is dead, or the coordinator has long given us up. */
export function abandonConnection(step: Step): void {
  const { connection } = step.state;
  if (connection.state === 'closed') return;
  // `closed` follows; until then nothing is expected of this connection.
  enter(step, 'opening');
  connection.since = Number.POSITIVE_INFINITY;
  step.effects.push({ type: 'disconnect' });
}

/** When the connection next needs attention. */
export function nextConnectionAt(state: EngineState): number {
  const { connection } = state;
  if (connection.state === 'closed') return connection.retryAt;
  const heartbeat = connection.state === 'joined' ? connection.heartbeatAt : Infinity;
  return Math.min(heartbeat, deadAt(state));
}

/** The connection is open: say who we are. */
export function greet(step: Step, offer: NodeOffer): void {
  if (step.state.connection.state !== 'opening') return;
  enter(step, 'greeting');
  step.effects.push({
    type: 'send',
    frame: {
      type: 'hello',
      versions: [...PROTOCOL_VERSIONS],
      node: offer.publicKey,
      agent: offer.agent,
    },
  });
}

/** The coordinator asks for proof of our key. */
export function proveIdentity(step: Step, { challenge }: WelcomeFrame): void {
  const { connection } = step.state;
  if (connection.state !== 'greeting') return;
  enter(step, 'proving');
  connection.challenge = challenge;
  step.effects.push({ type: 'prove', challenge });
}

/** The proof is made. One for an earlier connection's challenge is of no use. */
export function join(
  step: Step,
  offer: NodeOffer,
  challenge: Uint8Array,
  signature: Uint8Array<ArrayBuffer>,
): void {
  const { connection, threads } = step.state;
  if (connection.state !== 'proving' || !connection.challenge) return;
  if (!equalBytes(challenge, connection.challenge)) return;
  connection.challenge = null;
  step.effects.push({
    type: 'send',
    frame: {
      type: 'join',
      signature,
      kinds: [...offer.kinds],
      threads: Math.max(1, Math.min(MAX_THREADS, threads)),
      memoryMiB: offer.memoryMiB,
      ...(offer.projects ? { projects: [...offer.projects] } : {}),
    },
  });
}

/** We are in: take up what we hold, and send again what was never confirmed. */
export function joined(step: Step, { time, agreed, rejected }: JoinedFrame): void {
  const { state, now, effects } = step;
  const { connection } = state;
  if (connection.state !== 'proving') return;
  enter(step, 'joined');
  connection.attempt = 0;
  connection.clockOffset = time - now;
  connection.heartbeatAt = now + HEARTBEAT_MS;
  connection.refused = null;
  state.totals.agreed = agreed;
  state.totals.rejected = rejected;
  state.demand.asked = null;
  state.demand.idle = null;
  const tickets = [...state.leases.values()].map((lease) => lease.ticket);
  if (tickets.length > 0) effects.push({ type: 'send', frame: { type: 'resume', tickets } });
  resend(step);
}

/** The coordinator could not use something we sent; some codes mean that it will have none of us. */
export function faulted(step: Step, code: string, message: string): void {
  const { state } = step;
  state.problem = { code, message };
  state.connection.refused = REFUSALS.get(code) ?? state.connection.refused;
}

/** The connection is gone. `random` in [0, 1) keeps a crowd from coming back as one. */
export function closed(step: Step, random: number): void {
  const { state, now } = step;
  const { connection } = state;
  if (connection.state === 'closed') return;
  enter(step, 'closed');
  const doubled = Math.min(RECONNECT_MS * 2 ** connection.attempt, RECONNECT_LIMIT_MS);
  const pause = connection.refused ? REFUSED_RECONNECT_MS : doubled;
  connection.retryAt = now + Math.max(pause * (0.5 + random), connection.atLeastMs);
  connection.atLeastMs = 0;
  connection.attempt++;
  connection.challenge = null;
  for (const entry of state.outbox.values()) entry.sentAt = null;
  forgetIdleJobs(step);
}

function enter({ state, now }: Step, next: Connection['state']): void {
  state.connection.state = next;
  state.connection.since = now;
}

function deadAt(state: EngineState): number {
  const { connection } = state;
  return connection.state === 'joined' ? answerDueAt(state) : connection.since + JOIN_LIMIT_MS;
}
