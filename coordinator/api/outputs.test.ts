import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job, ResultRow } from '../../shared/api/schemas.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { concat, fromUtf8, toHex, utf8 } from '../../shared/bytes.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import { outputHash } from '../gateway/output-hash.ts';
import type { TestNode } from '../gateway/test-node.ts';
import { type ErrorAnswer, TestCoordinator } from './test-coordinator.ts';

let coordinator: TestCoordinator;
beforeEach(async () => {
  coordinator = await new TestCoordinator().start();
});
afterEach(() => coordinator.destroy());

/** What shard `shard` returned: JSON text that is large. */
const returned = (shard: number) => utf8(JSON.stringify(`${shard} `.repeat(100_000)));

/** The node computes every shard of the job, keeps the values and says so. */
async function compute(node: TestNode, job: Job): Promise<BlobRef[]> {
  const lease = await node.lease();
  const refs = Array.from(
    { length: lease.count },
    (_, i) => describeBlob(returned(lease.first + i)).ref,
  );
  node.send({
    type: 'hold',
    job: job.id,
    blobs: refs.map((blob) => ({
      blob,
      chunks: Math.ceil(blob.bytes / (256 * 1024)),
      output: true,
    })),
  });
  const outputs = refs.map((blob) =>
    encodeOutput({ referred: [{ field: 'value', path: '', blob }] }),
  );
  const columns = {
    outputs: concat(outputs),
    lengths: new Uint8Array(Uint32Array.from(outputs, ({ length }) => length).buffer),
    digests: concat(outputs.map((bytes) => outputHash(0, bytes))),
  };
  node.send(await node.submission(lease, {}, columns));
  await node.next('ack');
  return refs;
}

/** Answers requests for deposits with these bytes, as they come. */
async function serve(node: TestNode, bytesOf: (blob: string) => Uint8Array<ArrayBuffer>) {
  const statuses: number[] = [];
  for (;;) {
    const asked = await node.next('deposit').catch(() => null);
    if (!asked) return statuses;
    for (const { blob, ticket } of asked.blobs)
      statuses.push((await put(blob, toHex(ticket), bytesOf(blob))).status);
  }
}

function put(blob: string, ticket: string, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const path = `/v1/deposits/${blob}?${new URLSearchParams({ ticket })}`;
  return fetch(coordinator.url + path, { method: 'PUT', body });
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const shards = (count: number) => ({ inputs: { kind: 'range' as const, from: 1, to: count } });

test('SWM-122 a row refers to a large output, and reading it fetches it from the node that computed it', async () => {
  const job = await coordinator.job(shards(1));
  const node = await coordinator.node();
  const [ref] = await compute(node, job);
  const text = await (await coordinator.fetch(`/v1/jobs/${job.id}/results`)).text();
  const row: ResultRow = JSON.parse(text);
  expect(row).toMatchObject({ status: 'ok', valueContent: { blob: ref.id, bytes: ref.bytes } });
  expect((await coordinator.fetch(`/v1/blobs/${ref.id}`, { method: 'HEAD' })).status).toBe(404);

  const served = serve(node, () => returned(0));
  const response = await coordinator.fetch(`/v1/blobs/${ref.id}`);
  expect(response.status).toBe(200);
  expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(ref.id);
  node.close();
  expect(await served).toEqual([201]);
  // It is here now, whoever leaves.
  expect((await coordinator.fetch(`/v1/blobs/${ref.id}`)).status).toBe(200);
});

test('SWM-123 a table and an archive have the bytes themselves', async () => {
  const job = await coordinator.job(shards(3));
  const node = await coordinator.node();
  const byId = new Map<string, number>();
  for (let computed = 0; computed < 3; )
    for (const ref of await compute(node, job)) byId.set(ref.id, computed++);
  const served = serve(node, (blob) => returned(byId.get(blob) ?? 0));
  const csv = await (await coordinator.fetch(`/v1/jobs/${job.id}/results.csv`)).text();
  expect(csv.split('\r\n')[1]).toContain('0 0 0 0');
  const zip = await coordinator.fetch(`/v1/jobs/${job.id}/results.zip`);
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  for (const shard of [0, 1, 2])
    expect(fromUtf8(files[`shard-${shard}/value.json`])).toBe(fromUtf8(returned(shard)));
  node.close();
  await served;
});

test('SWM-124 only what was asked for is taken, from whom it was asked, and nothing else in its place', async () => {
  const job = await coordinator.job(shards(1));
  const node = await coordinator.node();
  const [ref] = await compute(node, job);
  const asked = (await node.next('deposit')).blobs[0];
  expect(asked.blob).toBe(ref.id);
  const ticket = toHex(asked.ticket);
  const forged = ticket.replace(/^../, '02');
  const refusal = await put(ref.id, forged, returned(0));
  expect(refusal.status).toBe(403);
  expect(((await refusal.json()) as ErrorAnswer).error.code).toBe('TICKET_INVALID');
  const other = describeBlob(returned(1)).ref;
  expect((await put(other.id, ticket, returned(1))).status).toBe(422);
  const wrong = await put(ref.id, ticket, returned(1));
  expect(((await wrong.json()) as ErrorAnswer).error.code).toBe('BLOB_MISMATCH');
  expect(
    (await put(ref.id, Buffer.from(asked.ticket).toString('base64url'), returned(0))).status,
  ).toBe(201);
  expect((await coordinator.fetch(`/v1/blobs/${ref.id}`)).status).toBe(200);
});

test('SWM-125 an output larger than its job allows is refused, also where only references tell', async () => {
  const job = await coordinator.job({
    ...shards(1),
    limits: { timeMs: 1000, memoryMiB: 64, outputBytes: 1000 },
  });
  const node = await coordinator.node();
  const lease = await node.lease();
  const { ref } = describeBlob(returned(0));
  const output = encodeOutput({ referred: [{ field: 'value', path: '', blob: ref }] });
  node.send(
    await node.submission(
      lease,
      { count: 1 },
      {
        outputs: output,
        lengths: new Uint8Array(Uint32Array.of(output.length).buffer),
        digests: Uint8Array.from(outputHash(0, output)),
      },
    ),
  );
  expect(await node.next('refuse')).toMatchObject({ code: 'SUBMISSION_INVALID' });
  expect(job.counts.done).toBe(0);
});

test('SWM-126 after a restart outputs on nodes are still known, and are fetched from who comes back', async () => {
  const job = await coordinator.job(shards(1));
  const node = await coordinator.node();
  const [ref] = await compute(node, job);
  node.close();
  await coordinator.stop();
  await coordinator.start();
  const reading = coordinator.fetch(`/v1/blobs/${ref.id}`);
  const back = await coordinator.node();
  back.send({ type: 'hold', job: job.id, blobs: [{ blob: ref, chunks: 2, output: true }] });
  const served = serve(back, () => returned(0));
  expect((await reading).status).toBe(200);
  back.close();
  await served;
});

test('SWM-127 outputs that no verdict will refer to are released', async () => {
  const job = await coordinator.job(shards(1));
  const node = await coordinator.node();
  const other = describeBlob(returned(7)).ref;
  node.send({ type: 'hold', job: job.id, blobs: [{ blob: other, chunks: 3, output: true }] });
  await compute(node, job);
  expect((await node.next('release')).blobs).toEqual([other.id]);
});
