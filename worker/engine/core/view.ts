import type { IdleReason, Phase, WorkView } from '../events.ts';
import { MAX_OUTBOX_BYTES } from './limits.ts';
import type { EngineState } from './state.ts';

/** Why a node rests after trouble with a job, where it is not that its sandbox broke. */
const TROUBLES: ReadonlyMap<string, IdleReason> = new Map([
  ['DOWNLOAD_FAILED', 'download-failed'],
  ['BLOB_MISMATCH', 'download-failed'],
  ['DATA_CAP', 'data-cap'],
  ['OUTPUT_NOT_KEPT', 'no-room'],
]);

/** What a contributor is shown of the engine's state. */
export function viewOf(state: EngineState): WorkView {
  let busy = 0;
  for (const slot of state.slots.values()) if (slot.queue.length > 0) busy++;
  let unconfirmed = 0;
  for (const entry of state.outbox.values()) unconfirmed += entry.frame.count;
  for (const lease of state.leases.values())
    for (const segment of lease.segments) unconfirmed += segment.count;
  return {
    phase: phaseOf(state),
    finishing: state.finishingSince !== null,
    idle: busy > 0 ? null : idleReason(state),
    connection: connectionOf(state),
    threads: state.threads,
    busy,
    running: runningJobs(state),
    done: state.totals.done,
    unconfirmed,
    agreed: state.totals.agreed,
    rejected: state.totals.rejected,
    problem: state.problem,
  };
}

function phaseOf(state: EngineState): Phase {
  if (state.stopped) return 'off';
  if (state.paused) return 'paused';
  if (state.threads === 0) return 'held';
  if (state.finishingSince !== null) return 'finishing';
  return state.connection.state === 'joined' || state.leases.size > 0 ? 'running' : 'starting';
}

function connectionOf({ connection }: EngineState): WorkView['connection'] {
  if (connection.state === 'joined') return 'connected';
  return connection.attempt === 0 ? 'connecting' : 'offline';
}

function idleReason(state: EngineState): IdleReason | null {
  if (state.stopped) return null;
  if (state.paused) return 'paused';
  if (state.threads === 0) return state.hold;
  if (state.outboxBytes >= MAX_OUTBOX_BYTES) return 'uploading';
  if (state.connection.refused) return state.connection.refused;
  for (const lease of state.leases.values()) {
    if (lease.pendingShards === 0) continue;
    if (state.jobs.get(lease.job)?.program === 'fetching') return 'downloading';
    return 'starting-sandbox';
  }
  if (state.connection.state !== 'joined')
    return connectionOf(state) === 'connecting' ? 'connecting' : 'offline';
  if (state.parting === 'asked') return 'uploading';
  if (state.demand.restUntil > state.now)
    return TROUBLES.get(state.problem?.code ?? '') ?? 'starting-sandbox';
  return state.demand.idle ?? 'asking';
}

function runningJobs(state: EngineState): WorkView['running'] {
  const jobs = new Map<string, WorkView['running'][number]>();
  for (const lease of state.leases.values()) {
    const view = state.jobs.get(lease.job)?.view;
    if (!view) continue;
    let entry = jobs.get(view.id);
    if (!entry) {
      entry = { job: view.id, name: view.name, project: view.project, shards: 0, done: 0 };
      jobs.set(view.id, entry);
    }
    entry.shards += lease.count;
    entry.done += lease.done;
  }
  return [...jobs.values()];
}
