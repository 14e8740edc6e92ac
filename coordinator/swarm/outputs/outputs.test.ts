import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import { toHex, utf8 } from '../../../shared/bytes.ts';
import { sign } from '../../../shared/identity/keys.ts';
import { joinMessage } from '../../../shared/identity/messages.ts';
import { JobSpec } from '../../../shared/job/spec.ts';
import { encodeOutput } from '../../../shared/verdict/output.ts';
import { BlobStore } from '../../blobs/blob-store.ts';
import { outputHash } from '../../gateway/output-hash.ts';
import { TestBed } from '../../gateway/test-bed.ts';
import type { TestNode } from '../../gateway/test-node.ts';
import { exampleJob, exampleVerdicts } from '../../store/examples.ts';
import type { JobRow } from '../../store/store.ts';
import { LOST_MS, MAX_REOPENED } from './limits.ts';
import { Outputs } from './outputs.ts';

const PATIENCE = { timeout: 20_000 };
/** A clock that a test sets on, beside the real one that connections need. */
let ahead = 0;
let bed: TestBed;
let folder: string;
let outputs: Outputs;

beforeEach(async () => {
  ahead = 0;
  bed = await new TestBed().start();
  folder = mkdtempSync(join(tmpdir(), 'manyhands-outputs-'));
  const blobs = await BlobStore.open({
    folder,
    maxBlobBytes: MAX_BLOB_BYTES,
    minFreeBytes: 0,
    maxUploads: 4,
  });
  outputs = new Outputs({
    store: bed.store,
    blobs,
    dispatcher: bed.dispatcher,
    now: () => Date.now() + ahead,
    onError: (thrown) => {
      throw thrown;
    },
  });
  bed.swarm.desk.tellOf(outputs);
  await outputs.start();
});
afterEach(async () => {
  outputs.stop();
  await bed.destroy();
  rmSync(folder, { recursive: true });
});

/** More than the output below has. */
const MAX_BLOB_BYTES = 100;

const { ref } = describeBlob(utf8('the output'));

/** One shard whose output is on nodes, computed by this one. */
async function compute(node: TestNode, job: JobRow, blob = ref): Promise<void> {
  const lease = await node.lease();
  const bytes = encodeOutput({ referred: [{ field: 'value', path: '', blob }] });
  node.send({ type: 'hold', job: job.id, blobs: [{ blob, chunks: 1, output: true }] });
  node.send(
    await node.submission(
      lease,
      {},
      {
        outputs: bytes,
        lengths: new Uint8Array(Uint32Array.of(bytes.length).buffer),
        digests: Uint8Array.from(outputHash(0, bytes)),
      },
    ),
  );
  await node.next('ack');
}

function oneShard(): Promise<JobRow> {
  const spec = JobSpec.parse({
    name: 'one',
    program: { kind: 'javascript', blob: 'ab'.repeat(32) },
    inputs: { kind: 'range', from: 1, to: 1 },
    replication: { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 9 },
  });
  return bed.job({ shards: 1, spec });
}

/** The only node goes. */
async function leaves(node: TestNode): Promise<void> {
  node.close();
  await expect.poll(() => bed.dispatcher.network().nodes, PATIENCE).toBe(0);
}

const stateOf = async (job: JobRow) => (await bed.store.job(job.id))?.state;

test('SWM-128 a shard whose output is lost is computed anew, though its job had ended', async () => {
  const job = await oneShard();
  const gone = await bed.node();
  await compute(gone, job);
  await expect.poll(() => stateOf(job), PATIENCE).toBe('done');
  await leaves(gone);
  ahead += LOST_MS + 5_000;
  await expect.poll(() => stateOf(job), PATIENCE).toBe('running');
  expect(bed.dispatcher.progress((await bed.store.job(job.id)) as JobRow).counts.done).toBe(0);

  const other = await bed.node();
  await compute(other, job);
  await expect.poll(() => stateOf(job), PATIENCE).toBe('done');
  expect(await bed.store.job(job.id)).toMatchObject({ done: 1, failed: 0 });
  // The log has both verdicts; the last one counts.
  const log = await bed.store.verdicts(job.number, 0, 1e6);
  expect(log.map(({ verdicts }) => [...verdicts.shards])).toEqual([[0], [0]]);
});

test('SWM-128 many shards that are opened again at once are counted once each', async () => {
  const job = await bed.job({ shards: 8 });
  const nodes = [await bed.node(), await bed.node()];
  const work = async () => {
    for (let done = 0; done < 16; )
      for (const node of nodes) {
        node.send({ type: 'want', threads: 4, milliseconds: 1e6 });
        const lease = await node.nextOf(['lease', 'idle']);
        if (lease.type === 'idle') continue;
        node.send(await node.submission(lease));
        done += lease.count;
      }
  };
  await work();
  await expect.poll(() => stateOf(job), PATIENCE).toBe('done');
  const row = (await bed.store.job(job.id)) as JobRow;
  await Promise.all(
    Array.from({ length: 8 }, (_, shard) => bed.dispatcher.reopenShards(row, [shard])),
  );
  const now = (await bed.store.job(job.id)) as JobRow;
  expect(now).toMatchObject({ state: 'running', done: 0, failed: 0 });
  expect(bed.dispatcher.progress(now).counts).toMatchObject({ done: 0, failed: 0, waiting: 8 });
});

test('SWM-129 a shard whose output is lost again and again is let be', async () => {
  const job = await oneShard();
  for (let times = 0; times <= MAX_REOPENED; times++) {
    const node = await bed.node();
    await compute(node, job);
    await expect.poll(() => stateOf(job), PATIENCE).toBe('done');
    await leaves(node);
    ahead += LOST_MS + 5_000;
    if (times < MAX_REOPENED) await expect.poll(() => stateOf(job), PATIENCE).toBe('running');
  }
  // Nothing is on nodes any more that the coordinator hopes for, and the job stays as it is.
  await expect.poll(() => outputs.onNodes, PATIENCE).toBe(0);
  const idle = await bed.node();
  idle.send({ type: 'want', threads: 1, milliseconds: 1000 });
  expect(await idle.next('idle')).toMatchObject({ reason: 'no-jobs' });
  expect(await stateOf(job)).toBe('done');
});

test('SWM-134 released outputs leave their nodes, and are computed anew for who asks all the same', async () => {
  const job = await oneShard();
  const node = await bed.node();
  await compute(node, job);
  await expect.poll(() => outputs.onNodes, PATIENCE).toBe(1);
  await expect.poll(() => stateOf(job), PATIENCE).toBe('done');
  await outputs.release(job.number);
  expect(await node.next('release')).toMatchObject({ blobs: [ref.id] });
  expect(outputs.onNodes).toBe(0);
  // One that comes back with it is told so, and nothing is asked of it.
  const late = await bed.node();
  late.send({ type: 'hold', job: job.id, blobs: [{ blob: ref, chunks: 1, output: true }] });
  expect(await late.next('release')).toMatchObject({ blobs: [ref.id] });
  await outputs.start();
  expect(outputs.onNodes).toBe(0);
  late.close();
  await leaves(node);

  outputs.ask(ref.id);
  await expect.poll(() => outputs.onNodes, PATIENCE).toBe(1);
  // Whoever waits is not forgotten.
  await outputs.release(job.number);
  expect(outputs.onNodes).toBe(1);
  ahead += LOST_MS + 5_000;
  await expect.poll(() => stateOf(job), PATIENCE).toBe('running');
});

test('SWM-134 what was released of a job in stages that was cancelled is not computed anew', async () => {
  const { requester, spec } = await bed.job();
  const place = { first: 'one', of: 2, name: 'stage', take: null };
  const [first, last] = [
    { id: 'one', stage: { ...place, number: 1, previous: null, next: 'two' } },
    { id: 'two', stage: { ...place, number: 2, previous: 'one', next: null } },
  ].map((own) => exampleJob(requester, { ...own, shards: 1, spec }));
  const job = await bed.store.addJob(first, [last]);
  await bed.dispatcher.addJob(job);
  const [, waiting] = await bed.store.stagesOf('one');
  const verdicts = {
    ...exampleVerdicts({ job: job.number, block: 0 }, [0]),
    ...oneOutput(encodeOutput({ referred: [{ field: 'value', path: '', blob: ref }] })),
  };
  const { fence } = await bed.store.claimBlock(job.number, 0, 'me');
  const claims = [{ job: job.number, block: 0, fence }];
  const rest = { submissions: [], finished: [], credits: [] };
  await bed.store.commit({ claims, verdicts: [verdicts], ...rest });
  await bed.store.endJob(job.number, 'done', 1);
  await bed.store.endJob(waiting.number, 'cancelled', 1);
  await outputs.release(job.number);
  outputs.ask(ref.id);
  await expect.poll(() => outputs.onNodes, PATIENCE).toBe(1);
  ahead += LOST_MS + 5_000;
  await expect.poll(() => outputs.onNodes, PATIENCE).toBe(0);
  expect(await bed.store.outputsOfBlob(ref.id, 1)).toMatchObject([{ released: true }]);
  expect(await stateOf(job)).toBe('done');
});

const oneOutput = (outputs: Uint8Array<ArrayBuffer>) => ({
  outputs,
  lengths: Uint32Array.of(outputs.length),
});

test('SWM-138 an output that is longer than what may be uploaded now is not asked for again', async () => {
  const job = await oneShard();
  const node = await bed.node();
  const long = describeBlob(new Uint8Array(MAX_BLOB_BYTES + 1)).ref;
  await compute(node, job, long);
  outputs.ask(long.id);
  const { blobs } = await node.next('deposit');
  const upload = { bytes: [new Uint8Array(MAX_BLOB_BYTES + 1)], declaredBytes: undefined };
  await expect(outputs.deposit(long.id, toHex(blobs[0].ticket), upload)).rejects.toMatchObject({
    code: 'BLOB_TOO_LARGE',
  });
  expect(outputs.onNodes).toBe(0);
  expect(await node.next('release')).toMatchObject({ blobs: [long.id] });
});

test('SWM-132 a page that only reads outputs is no node that computes', async () => {
  await bed.job({ shards: 10 });
  const reader = await bed.stranger();
  const { challenge } = await reader.hello();
  const signature = await sign(reader.keys, joinMessage(challenge));
  reader.send({ type: 'join', signature, kinds: [], threads: 1, memoryMiB: 0 });
  await reader.next('joined');
  expect(bed.dispatcher.network()).toMatchObject({ nodes: 0, threads: 0 });
  expect(bed.dispatcher.nodes()).toEqual([]);
  reader.close();
  const node = await bed.node();
  expect(await node.lease()).toMatchObject({ first: 0 });
  expect(bed.dispatcher.network().nodes).toBe(1);
});
