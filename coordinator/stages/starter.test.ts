import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { fromUtf8, utf8 } from '../../shared/bytes.ts';
import { MAX_SHARD_BYTES } from '../../shared/job/limits.ts';
import { decodePartsIndex } from '../../shared/job/parts-index.ts';
import { JobSpec, type Take } from '../../shared/job/spec.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { encodeOutput, type Output } from '../../shared/verdict/output.ts';
import { BlobStore } from '../blobs/blob-store.ts';
import type { Placement } from '../scheduler/events.ts';
import { exampleJob } from '../store/examples.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/store.ts';
import type { JobRow } from '../store/store.ts';
import type { SwarmNode } from '../swarm/ports.ts';
import { chainJobs } from './chain.ts';
import { collectParts } from './collect-parts.ts';
import { StageStarter } from './starter.ts';
import { whyWaiting } from './waiting.ts';

const PROGRAM = { kind: 'wasi', blob: 'ab'.repeat(32) } as const;
const GROUPS: Take = { kind: 'groups' };
const TREE: Take = { kind: 'tree', arity: 2 };

/** What the dispatcher would do, at once. */
class FakeDispatcher {
  readonly added: { job: string; placement: Placement | undefined }[] = [];
  readonly announced: number[] = [];
  #listener: (job: JobRow) => void = () => {};
  readonly #store: SqliteStore;

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  async addJob(row: JobRow, placement?: Placement) {
    this.added.push({ job: row.id, placement });
  }

  async cancelJob(row: JobRow) {
    await this.end(row, 'cancelled');
  }

  onJobEnd(listener: (job: JobRow) => void) {
    this.#listener = listener;
    return () => {};
  }

  announce(job: number) {
    this.announced.push(job);
  }

  async end(row: JobRow, state: 'done' | 'cancelled' | 'expired') {
    await this.#store.endJob(row.number, state, 5);
    this.#listener(row);
  }
}

let folder: string;
let store: SqliteStore;
let blobs: BlobStore;
let dispatcher: FakeDispatcher;
let starter: StageStarter;
let errors: unknown[];
/** Numbers of the jobs whose outputs on nodes were released. */
let released: Set<number>;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-stages-'));
  store = openSqliteStore(join(folder, 'store.sqlite'));
  blobs = await BlobStore.open({
    folder: join(folder, 'blobs'),
    maxBlobBytes: 2 ** 30,
    minFreeBytes: 0,
    maxUploads: 10,
  });
  errors = [];
  released = new Set();
  now = 1000;
  begin();
  await starter.start();
});

afterEach(async () => {
  await starter.stop();
  await store.close();
  await rm(folder, { recursive: true });
  expect(errors).toEqual([]);
});

function begin(holders?: (blob: string) => string[]) {
  dispatcher = new FakeDispatcher(store);
  starter = new StageStarter({
    store,
    blobs,
    dispatcher,
    ...(holders && {
      holders: { of: (blob) => holders(blob).map((key) => ({ key }) as SwarmNode) },
    }),
    outputs: {
      async release(job) {
        await store.releaseOutputs(job);
        released.add(job);
      },
    },
    now: () => now,
    onError: (error) => errors.push(error),
  });
}

/** A job of so many shards, and stages behind it with what they take and their shards. */
async function post(
  shards: number,
  stages: [take: Take, shards: number][],
  collect: JobSpec['collect'] = { stdout: true },
  deadline?: number,
): Promise<JobRow[]> {
  const { number } = await store.addRequester({
    name: 'R',
    tokenHash: crypto.randomUUID(),
    admin: true,
  });
  const spec = (own: JobSpec['inputs']) =>
    JobSpec.parse({ name: 'job', program: PROGRAM, inputs: own, collect, deadline });
  const links = stages.map(([take, count]) => ({
    name: take.kind,
    take,
    spec: spec({ kind: 'parts', shards: count }),
    shards: count,
    programBytes: 1,
  }));
  const first = spec({ kind: 'range', from: 1, to: shards, step: 1 });
  const link = { name: 'first', take: null, spec: first, shards, programBytes: 1 };
  const [head, ...later] = chainJobs(link, links, () => crypto.randomUUID()).map((job) =>
    exampleJob(number, { ...job, blockShards: 4 }),
  );
  const row = await store.addJob(head, later);
  return store.stagesOf(row.id);
}

/** Verdicts of shards with these outputs; null for one that failed. */
async function decide(job: JobRow, outputs: Map<number, Output | null>): Promise<void> {
  for (const block of new Set([...outputs.keys()].map((shard) => Math.floor(shard / 4)))) {
    const own = [...outputs].filter(([shard]) => Math.floor(shard / 4) === block);
    const encoded = own.map(([, output]) => (output ? encodeOutput(output) : new Uint8Array()));
    const { fence } = await store.claimBlock(job.number, block, 'me');
    await store.commit({
      claims: [{ job: job.number, block, fence }],
      submissions: [],
      finished: [],
      credits: [],
      verdicts: [
        {
          job: job.number,
          block,
          at: 1,
          shards: Uint16Array.from(own, ([shard]) => shard % 4),
          statuses: Uint8Array.from(own, ([, output]) => (output ? Outcome.ok : Outcome.trap)),
          agreed: new Uint8Array(own.length).fill(2),
          confidence: new Float32Array(own.length),
          lengths: Uint32Array.from(encoded, ({ length }) => length),
          outputs: new Uint8Array(Buffer.concat(encoded)),
          details: [],
        },
      ],
    });
  }
}

/** All shards printed their number. */
const numbers = (shards: number) =>
  new Map(
    Array.from({ length: shards }, (_, shard) => [shard, { stdout: utf8(`${shard};`) }] as const),
  );
const stateOf = async ({ id }: JobRow) => (await store.job(id))?.state;
const states = async (rows: JobRow[]) => Promise.all(rows.map(stateOf));
/** What was begun has come to rest. */
const settled = () => starter.stop();

/** The contents of a stage's shards, fetched from the coordinator. */
async function contents({ id }: JobRow): Promise<string[]> {
  const index = (await store.job(id))?.index;
  if (!index) throw new Error('no index');
  return Promise.all(
    decodePartsIndex(await blobs.load(index.blob)).map(async (parts) => {
      const bytes = await Promise.all(parts.map((part) => blobs.load(part.id)));
      return fromUtf8(new Uint8Array(Buffer.concat(bytes)));
    }),
  );
}

describe('stages', () => {
  test('STG-8 a stage begins when the one before is done, with its outputs in the order of shards', async () => {
    const [first, second, third] = await post(5, [
      [TREE, 3],
      [TREE, 2],
    ]);
    await decide(first, numbers(5));
    expect(await stateOf(second)).toBe('waiting');
    await dispatcher.end(first, 'done');
    await settled();
    expect(await states([first, second, third])).toEqual(['done', 'running', 'waiting']);
    expect(dispatcher.added.map(({ job }) => job)).toEqual([second.id]);
    expect(await contents(second)).toEqual(['0;1;', '2;3;', '4;']);
  });

  test('STG-9 a group is given its file of every shard, empty ones left out', async () => {
    const [first, second] = await post(6, [[GROUPS, 2]], { files: ['/a', '/b'] });
    const files = (shard: number) => [
      { path: '/b', bytes: utf8(`b${shard};`) },
      { path: '/a', bytes: utf8(shard === 3 ? '' : `a${shard};`) },
    ];
    await decide(first, new Map([5, 4, 3, 2, 1, 0].map((k) => [k, { files: files(k) }])));
    await dispatcher.end(first, 'done');
    await settled();
    expect(await contents(second)).toEqual(['a0;a1;a2;a4;a5;', 'b0;b1;b2;b3;b4;b5;']);
  });

  test('STG-27 short outputs that follow each other are one blob, up to a chunk, around those on nodes', async () => {
    const { ref } = describeBlob(utf8('far away'));
    const [first, second] = await post(7, [[{ kind: 'tree', arity: 7 }, 1]]);
    const short = (letter: string, bytes: number) => ({ stdout: utf8(letter.repeat(bytes)) });
    await decide(
      first,
      new Map<number, Output>([
        [6, short('g', 2)],
        [0, short('a', 1)],
        [1, short('b', 3)],
        [2, { referred: [{ field: 'stdout', path: '', blob: ref }] }],
        [3, short('d', CHUNK_BYTES - 1)],
        [4, {}],
        [5, short('f', 1)],
      ]),
    );
    await dispatcher.end(first, 'done');
    await settled();
    const index = (await store.job(second.id))?.index?.blob ?? '';
    const [parts] = decodePartsIndex(await blobs.load(index));
    expect(parts.map(({ bytes }) => bytes)).toEqual([4, ref.bytes, CHUNK_BYTES, 2]);
    expect(parts[1]).toEqual(ref);
    expect(fromUtf8(await blobs.load(parts[0].id))).toBe('abbb');
    expect(fromUtf8(await blobs.load(parts[2].id))).toBe(`${'d'.repeat(CHUNK_BYTES - 1)}f`);
  });

  test('STG-27 however little is held in memory at a time, the parts are the same', async () => {
    const [first] = await post(9, [[GROUPS, 3]], { files: ['/a', '/b', '/c'] });
    const files = (shard: number) =>
      ['/a', '/b', '/c'].map((path) => ({ path, bytes: utf8(`${path}${shard};`.repeat(shard)) }));
    await decide(first, new Map(Array.from({ length: 9 }, (_, k) => [k, { files: files(k) }])));
    const next = { take: GROUPS, shards: 3 };
    const all = await collectParts(first, next, { store, blobs });
    expect(all.map((parts) => parts.length)).toEqual([1, 1, 1]);
    for (const heldBytes of [1, 400])
      expect(await collectParts(first, next, { store, blobs, heldBytes })).toEqual(all);
  });

  test('STG-9 outputs that stayed on nodes are referred to, and placed where they are', async () => {
    const { ref } = describeBlob(utf8('far away'));
    await starter.stop();
    begin((blob) => (blob === ref.id ? ['key'] : []));
    await starter.start();
    const [first, second] = await post(2, [[TREE, 1]]);
    const referred = [{ field: 'stdout' as const, path: '', blob: ref }];
    await decide(
      first,
      new Map([
        [0, { referred }],
        [1, {}],
      ]),
    );
    await dispatcher.end(first, 'done');
    await settled();
    const index = (await store.job(second.id))?.index?.blob ?? '';
    expect(decodePartsIndex(await blobs.load(index))).toEqual([[ref]]);
    expect(await blobs.size(ref.id)).toBeNull();
    expect(dispatcher.added).toEqual([{ job: second.id, placement: { homes: [['key']] } }]);
  });

  test('STG-10 a stage waits while shards of the one before have failed, and goes on after a retry', async () => {
    const [first, second] = await post(2, [[TREE, 1]]);
    await decide(
      first,
      new Map([
        [0, { stdout: utf8('x') }],
        [1, null],
      ]),
    );
    await dispatcher.end(first, 'done');
    await settled();
    const waiting = (await store.job(first.id)) as JobRow;
    expect(await stateOf(second)).toBe('waiting');
    expect(whyWaiting(second, waiting, null)).toMatchObject({
      code: 'STAGE_BEFORE_FAILED',
      message: expect.stringContaining('1 shard of stage 1 failed'),
    });
    await starter.start();
    await store.retryShards(first.number, 'all');
    await decide(first, new Map([[1, { stdout: utf8('y') }]]));
    await dispatcher.end(first, 'done');
    await settled();
    expect(await contents(second)).toEqual(['xy']);
  });

  test('STG-11 a cancelled stage takes those behind it along, and no other', async () => {
    const rows = await post(4, [
      [TREE, 2],
      [TREE, 1],
    ]);
    const [first, second, third] = rows;
    await decide(first, numbers(4));
    await dispatcher.end(first, 'done');
    await settled();
    await starter.cancel((await store.job(second.id)) as JobRow);
    expect(await states(rows)).toEqual(['done', 'cancelled', 'cancelled']);
    expect(dispatcher.announced).toEqual([third.number]);
    const others = await post(4, [[TREE, 1]]);
    await starter.cancel(others[0]);
    expect(await states(others)).toEqual(['cancelled', 'cancelled']);
  });

  test('STG-11 what expires or is cancelled behind our back ends the stages behind it', async () => {
    const rows = await post(4, [
      [TREE, 2],
      [TREE, 1],
    ]);
    await dispatcher.end(rows[0], 'expired');
    await settled();
    expect(await states(rows)).toEqual(['expired', 'expired', 'expired']);
  });

  test('STG-12 a stage whose turn has not come by the deadline expires', async () => {
    const rows = await post(1, [[TREE, 1]], { stdout: true }, 2000);
    await decide(rows[0], new Map([[0, null]]));
    await dispatcher.end(rows[0], 'done');
    await settled();
    expect(await states(rows)).toEqual(['done', 'waiting']);
    now = 2000;
    await starter.start();
    await settled();
    expect(await states(rows)).toEqual(['done', 'expired']);
  });

  test('STG-13 a stage whose turn came while nobody was there is begun at the next start', async () => {
    const [first, second] = await post(2, [[TREE, 1]]);
    await decide(first, numbers(2));
    await store.endJob(first.number, 'done', 5);
    await starter.stop();
    begin();
    await starter.start();
    await settled();
    expect(await stateOf(second)).toBe('running');
    expect(await contents(second)).toEqual(['0;1;']);
    await starter.start();
    await settled();
    expect(dispatcher.added).toHaveLength(1);
  });

  describe('STG-26 outputs that stages took', () => {
    const referred = (shards: number) => {
      const outputs = new Map<number, Output | null>();
      for (let shard = 0; shard < shards; shard++) {
        const { ref: blob } = describeBlob(utf8(`${shard};`));
        outputs.set(shard, { referred: [{ field: 'stdout', path: '', blob }] });
      }
      return outputs;
    };
    const TWO: [Take, number][] = [
      [TREE, 2],
      [TREE, 1],
    ];
    const isReleased = (rows: JobRow[]) => rows.map(({ number }) => released.has(number));
    /** Each stage ends in turn, the last with this many failures. */
    const runAll = async (rows: JobRow[], failed = 0) => {
      for (const row of rows) {
        const outputs = referred(row.shards);
        if (row === rows.at(-1) && failed > 0) outputs.set(0, null);
        await decide(row, outputs);
        await dispatcher.end(row, 'done');
        await settled();
      }
    };

    test('are released when the last stage is done, and its own are not', async () => {
      const rows = await post(4, TWO);
      await runAll(rows.slice(0, 2));
      expect(isReleased(rows)).toEqual([false, false, false]);
      await runAll(rows.slice(2));
      expect(isReleased(rows)).toEqual([true, true, false]);
    });

    test('are kept while the last stage has failed shards that may be retried', async () => {
      const rows = await post(4, TWO);
      await runAll(rows, 1);
      expect(isReleased(rows)).toEqual([false, false, false]);
      await starter.cancel(rows[0]);
      expect(isReleased(rows)).toEqual([false, false, false]);
    });

    test('are released when the job is cancelled while a stage waits, or expires', async () => {
      const rows = await post(4, TWO);
      await decide(rows[0], new Map([...referred(3), [3, null]]));
      await dispatcher.end(rows[0], 'done');
      await starter.cancel(rows[0]);
      expect(await states(rows)).toEqual(['done', 'cancelled', 'cancelled']);
      expect(isReleased(rows)).toEqual([true, true, false]);
      const late = await post(4, TWO);
      await dispatcher.end(late[0], 'expired');
      await settled();
      expect(isReleased(late)).toEqual([true, true, false]);
    });

    test('are released at the next start where the coordinator died before it was done', async () => {
      const rows = await post(4, TWO);
      await runAll(rows.slice(0, 2));
      await decide(rows[2], referred(1));
      await store.endJob(rows[2].number, 'done', 5);
      begin();
      await starter.start();
      await settled();
      expect(isReleased(rows)).toEqual([true, true, false]);
      expect(await store.jobsWithOutputsOnNodes()).toEqual([rows[2].id]);
    });
  });

  test.each<[string, Partial<BlobRef>, string]>([
    ['more than a run can be given', { bytes: MAX_SHARD_BYTES + 1 }, 'STAGE_CONTENT_TOO_LARGE'],
    ['what no program could have made', { manifest: 'cd'.repeat(32) }, 'STAGE_OUTPUT_MALFORMED'],
  ])('STG-14 a stage that would be given %s does not begin, and says why', async (_, lie, code) => {
    const [first, second] = await post(1, [[TREE, 1]]);
    const large = { id: 'ab'.repeat(32), manifest: 'ef'.repeat(32), bytes: 3 };
    const blob = { ...large, ...lie };
    const referred = [{ field: 'stdout' as const, path: '', blob }];
    await decide(first, new Map([[0, { referred }]]));
    await dispatcher.end(first, 'done');
    await settled();
    expect(await stateOf(second)).toBe('waiting');
    expect(starter.problemOf(second.id)?.code).toBe(code);
    expect(dispatcher.announced).toEqual([second.number]);
    await starter.cancel(second);
    expect(await stateOf(second)).toBe('cancelled');
    expect(starter.problemOf(second.id)).toBeNull();
  });
});
