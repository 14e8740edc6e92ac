import { hash } from 'node:crypto';
import type { ScheduledJob } from '../../coordinator/scheduler/events.ts';
import { utf8 } from '../../shared/bytes.ts';
import { REFERRED_FROM_BYTES } from '../../shared/job/limits.ts';
import type { JobView } from '../../shared/job/view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { Random } from './random.ts';

/** A job of the simulation: what the scheduler knows of it, and what only the simulation knows. */
export interface VirtualJob {
  spec: ScheduledJob;
  view: JobView;
  /** Computing time of a shard on an ordinary thread, in milliseconds. */
  shardMs: number;
}

/** What a run of a shard gives. */
export interface VirtualRun {
  outcome: number;
  output: Uint8Array;
}

/** Every 97th shard's program traps: failures must be agreed on like anything else. */
const TRAPS = 97;

/** What every honest run of a shard gives. */
export function truth(job: number, shard: number): VirtualRun {
  if (shard % TRAPS === TRAPS - 1) return { outcome: Outcome.trap, output: new Uint8Array(0) };
  return { outcome: Outcome.ok, output: utf8(`${job}:${shard}`) };
}

const scratch = new Uint8Array(256);

/** `outputDigest`, by Node's own SHA-256. */
export function digestOf(outcome: number, output: Uint8Array): Uint8Array {
  scratch[0] = outcome;
  scratch.set(output, 1);
  return hash('sha256', scratch.subarray(0, output.length + 1), 'buffer');
}

/** Shapes of jobs that together are enough for the whole crowd and the whole time. */
export function makeJobs(random: Random, nodes: number, hours: number, now: number): VirtualJob[] {
  const threadMs = nodes * 2 * hours * 3_600_000;
  const shapes = [
    { shardMs: 20_000, share: 0.2, blockShards: 64, replicas: 2, quorum: 2 },
    { shardMs: 3_000, share: 0.1, blockShards: 512, replicas: 2, quorum: 2 },
    { shardMs: 60_000, share: 0.1, blockShards: 16, replicas: 3, quorum: 2 },
    { shardMs: 10_000, share: 0.05, blockShards: 128, replicas: 1, quorum: 1 },
    { shardMs: 0.5, share: 0.0005, blockShards: 4096, replicas: 2, quorum: 2 },
  ];
  return shapes.map(({ shardMs, share, blockShards, replicas, quorum }, i) => {
    const shards = Math.ceil((threadMs * share) / shardMs / replicas);
    const spec: ScheduledJob = {
      job: i + 1,
      requester: 1 + random.below(3),
      project: 'simulation',
      kind: random.chance(0.5) ? 'wasi' : 'javascript',
      memoryMiB: random.chance(0.2) ? 512 : 64,
      timeMs: Math.max(10_000, shardMs * 20),
      shards,
      blockShards,
      replication: { policy: 'quorum', replicas, quorum, maxAttempts: 8 },
      networks: random.chance(0.5) ? 'wait' : 'relax',
      deadline: null,
      priority: random.below(3) - 1,
      createdAt: now,
    };
    return { spec, view: viewOf(spec), shardMs };
  });
}

function viewOf({ job, kind, shards, timeMs, memoryMiB }: ScheduledJob): JobView {
  return {
    id: `job-${job}`,
    name: `Job ${job}`,
    project: 'Simulation',
    shards,
    program: { kind, blob: String(job).padStart(64, '0') },
    programBytes: 1000,
    inputs: { kind: 'range', from: 0, to: shards - 1, step: 1 },
    args: [],
    env: {},
    files: [],
    blobs: [],
    referredFromBytes: REFERRED_FROM_BYTES,
    collect: { stdout: true },
    limits: { timeMs, memoryMiB, outputBytes: 1024 },
  };
}
