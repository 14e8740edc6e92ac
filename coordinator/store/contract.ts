import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { concat } from '../../shared/bytes.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import { exampleJob, exampleSubmission, exampleVerdicts, NODE_A, NODE_B } from './examples.ts';
import type { CommitBatch, JobRow, Store } from './store.ts';

/** A store under test, and the way to stop and open it again. */
export interface StoreUnderTest {
  store: Store;
  /** As after a restart of the process. */
  reopen(): Promise<Store>;
  destroy(): Promise<void>;
}

const EMPTY: CommitBatch = { claims: [], submissions: [], verdicts: [], finished: [], credits: [] };
const AT = 1_700_000_003_000;

/** What every implementation of `Store` must do. */
export function storeContract(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`Store: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    let job: JobRow;

    beforeEach(async () => {
      subject = await makeStore();
      store = subject.store;
      const { number } = await store.addRequester({ name: 'R', tokenHash: 'hash', admin: true });
      job = await store.addJob(exampleJob(number));
    });
    afterEach(() => subject.destroy());

    const reload = async () => {
      store = await subject.reopen();
    };
    const rowNow = async () => (await store.job(job.id)) as JobRow;
    /** Commits for one block under its latest claim. */
    const commitTo = async (block: number, batch: Partial<CommitBatch>) => {
      const { fence } = await store.claimBlock(job.number, block, 'me');
      await store.commit({ ...EMPTY, claims: [{ job: job.number, block, fence }], ...batch });
    };
    const submission = (
      at: { lease?: bigint; block?: number; first: number; count: number },
      changes: Parameters<typeof exampleSubmission>[1] = {},
    ) => exampleSubmission({ job: job.number, block: 0, lease: 1n, ...at }, changes);
    const verdicts = (shards: number[], status?: number, block = 0) =>
      exampleVerdicts({ job: job.number, block }, shards, status);

    test('STO-1 the secret of the tickets is the same in every run', async () => {
      const before = store.secret;
      expect(before.length).toBeGreaterThanOrEqual(32);
      await reload();
      expect(store.secret).toEqual(before);
    });

    test('STO-2 requesters are found by the hash of their token and by nothing else', async () => {
      const added = await store.addRequester({ name: 'Other', tokenHash: 'h2', admin: false });
      await reload();
      expect(await store.requesterByTokenHash('h2')).toEqual(added);
      expect(added).toMatchObject({ name: 'Other', admin: false });
      expect(await store.requesterByTokenHash('h3')).toBeNull();
      expect(await store.countRequesters()).toBe(2);
    });

    test('STO-3 a project is replaced by one of the same id', async () => {
      await store.putProject({ id: 'p', name: 'P', purpose: 'first' });
      await store.putProject({ id: 'p', name: 'P', purpose: 'second' });
      expect(await store.projects()).toEqual([{ id: 'p', name: 'P', purpose: 'second' }]);
    });

    test('STO-4 a job comes back as it was stored', async () => {
      const index = { blob: 'cd'.repeat(32), fileBytes: 99 };
      const given = exampleJob(job.requester, { index, shards: Number.MAX_SAFE_INTEGER });
      const added = await store.addJob(given);
      await reload();
      const { idempotencyKey: _, ...fields } = given;
      expect(added).toMatchObject({ ...fields, state: 'running', endedAt: null, done: 0 });
      expect(await store.job(given.id)).toEqual(added);
      expect(await store.job('nothing')).toBeNull();
    });

    test('STO-5 posting twice with one idempotency key makes one job a requester', async () => {
      const first = await store.addJob(exampleJob(job.requester, { idempotencyKey: 'k' }));
      const again = await store.addJob(exampleJob(job.requester, { idempotencyKey: 'k' }));
      expect(again).toEqual(first);
      const { number } = await store.addRequester({ name: 'O', tokenHash: 'h2', admin: false });
      const other = await store.addJob(exampleJob(number, { idempotencyKey: 'k' }));
      expect(other.number).not.toBe(first.number);
    });

    test('STO-6 jobs are listed newest first, filtered, a page at a time', async () => {
      const second = await store.addJob(exampleJob(job.requester));
      const third = await store.addJob(exampleJob(job.requester));
      await store.endJob(second.number, 'cancelled', AT);
      const list = async (filter: Partial<Parameters<Store['jobs']>[0]>) =>
        (await store.jobs({ requester: null, limit: 10, ...filter })).map(({ number }) => number);
      expect(await list({})).toEqual([third.number, second.number, job.number]);
      expect(await list({ limit: 2 })).toEqual([third.number, second.number]);
      expect(await list({ before: third.number })).toEqual([second.number, job.number]);
      expect(await list({ state: 'running' })).toEqual([third.number, job.number]);
      expect(await list({ requester: job.requester + 1 })).toEqual([]);
    });

    test('STO-7 a job ends once', async () => {
      await store.endJob(job.number, 'cancelled', AT);
      await store.endJob(job.number, 'done', AT + 1);
      expect(await rowNow()).toMatchObject({ state: 'cancelled', endedAt: AT });
    });

    /** A job in so many stages. */
    const addStages = (of: number, key: string | null = null) => {
      const ids = Array.from({ length: of }, () => crypto.randomUUID());
      const [first, ...later] = ids.map((id, k) =>
        exampleJob(job.requester, {
          id,
          idempotencyKey: k === 0 ? key : null,
          stage: {
            first: ids[0],
            number: k + 1,
            of,
            name: `stage ${k + 1}`,
            previous: ids[k - 1] ?? null,
            next: ids[k + 1] ?? null,
            take: k === 0 ? null : { kind: 'tree', arity: 8 },
          },
        }),
      );
      return store.addJob(first, later);
    };
    const index = { blob: 'cd'.repeat(32), fileBytes: 99 };

    test('STG-2 the stages of a job are kept together, in order, and only the first one runs', async () => {
      const first = await addStages(3, 'stages');
      await reload();
      const stages = await store.stagesOf(first.id);
      expect(stages.map(({ state, stage }) => [state, stage?.number])).toEqual([
        ['running', 1],
        ['waiting', 2],
        ['waiting', 3],
      ]);
      expect(stages[0]).toEqual(first);
      expect(await store.job(first.stage?.next ?? '')).toEqual(stages[1]);
      expect(await addStages(3, 'stages')).toEqual(first);
      expect(await store.stagesOf(first.id)).toHaveLength(3);
      expect(await store.stagesOf(job.id)).toEqual([]);
    });

    test('STG-2 a stage begins once, with what it is given', async () => {
      const first = await addStages(2);
      const [, second] = await store.stagesOf(first.id);
      await store.startStage(second.number, index);
      await store.startStage(second.number, { ...index, fileBytes: 1 });
      await store.startStage(job.number, index);
      await reload();
      expect(await store.job(second.id)).toEqual({ ...second, state: 'running', index });
      expect(await rowNow()).toEqual(job);
    });

    test('STG-2 a stage that waits can be ended, and does not begin then', async () => {
      const first = await addStages(2);
      const [, second] = await store.stagesOf(first.id);
      await store.endJob(second.number, 'cancelled', AT);
      await store.startStage(second.number, index);
      expect(await store.job(second.id)).toMatchObject({ state: 'cancelled', endedAt: AT });
    });

    test('STG-3 in a folded list a job in stages counts once, with the state of the whole', async () => {
      const first = await addStages(2);
      const [, second] = await store.stagesOf(first.id);
      const found = async (state?: JobRow['state']) =>
        (await store.jobs({ requester: null, limit: 10, folded: true, state })).map(({ id }) => id);
      expect(await found()).toEqual([first.id, job.id]);
      expect(await found('running')).toEqual([first.id, job.id]);
      await store.endJob(first.number, 'done', AT);
      expect(await found('running')).toEqual([job.id]);
      expect(await found('done')).toEqual([]);
      expect(await found('waiting')).toEqual([first.id]);
      await store.startStage(second.number, index);
      expect(await found('running')).toEqual([first.id, job.id]);
      await store.endJob(second.number, 'done', AT);
      expect(await found('done')).toEqual([first.id]);
      const all = await store.jobs({ requester: null, limit: 10 });
      expect(all.map(({ id }) => id)).toEqual([second.id, first.id, job.id]);
    });

    test('STO-8 a claimed block comes with its submissions in order, after a restart too', async () => {
      const first = submission({ lease: 2n ** 63n + 5n, first: 0, count: 3 });
      const second = submission({ lease: 2n, first: 3, count: 2 }, { nodeKey: NODE_B });
      second.results.details = [{ at: 1, message: 'm', stderr: 's' }];
      await commitTo(0, { submissions: [first] });
      await commitTo(0, { submissions: [second] });
      await commitTo(1, { submissions: [submission({ block: 1, first: 4096, count: 1 })] });
      await reload();
      const claimed = await store.claimBlock(job.number, 0, 'me');
      expect(claimed.submissions).toEqual([first, second]);
      expect(claimed.retried).toEqual([]);
    });

    test('STO-9 each claim raises the fencing number, and the earlier owner can write no more', async () => {
      const mine = await store.claimBlock(job.number, 0, 'me');
      const theirs = await store.claimBlock(job.number, 0, 'them');
      expect(theirs.fence).toBeGreaterThan(mine.fence);
      const batch = {
        ...EMPTY,
        submissions: [submission({ first: 0, count: 1 })],
        credits: [{ key: NODE_A, agreed: 1, rejected: 0 }],
      };
      const claim = { job: job.number, block: 0 };
      await expect(
        store.commit({ ...batch, claims: [{ ...claim, fence: mine.fence }] }),
      ).rejects.toMatchObject({ code: 'STORE_FENCED', facts: { job: job.number, block: 0 } });
      expect(await store.submissionsOf(job.number, 0)).toEqual([]);
      expect(await store.nodeTotals(NODE_A)).toEqual({ agreed: 0, rejected: 0 });
      await store.commit({ ...batch, claims: [{ ...claim, fence: theirs.fence }] });
      expect(await store.submissionsOf(job.number, 0)).toHaveLength(1);
    });

    test('STO-10 a commit happens wholly or not at all', async () => {
      const good = await store.claimBlock(job.number, 0, 'me');
      const stale = await store.claimBlock(job.number, 1, 'me');
      await store.claimBlock(job.number, 1, 'them');
      await expect(
        store.commit({
          claims: [
            { job: job.number, block: 0, fence: good.fence },
            { job: job.number, block: 1, fence: stale.fence },
          ],
          submissions: [submission({ first: 0, count: 4 })],
          verdicts: [verdicts([0, 1])],
          finished: [{ job: job.number, block: 0 }],
          credits: [{ key: NODE_A, agreed: 2, rejected: 0 }],
        }),
      ).rejects.toMatchObject({ code: 'STORE_FENCED' });
      expect(await rowNow()).toEqual(job);
      expect(await store.submissionsOf(job.number, 0)).toEqual([]);
      expect(await store.verdicts(job.number, 0, 1e6)).toEqual([]);
      expect(await store.finishedBlocks(job.number)).toEqual(new Set());
      expect(await store.nodeTotals(NODE_A)).toEqual({ agreed: 0, rejected: 0 });
    });

    test('STO-11 verdicts are a log that is read on from any place, within a size', async () => {
      const records = [verdicts([0, 1]), verdicts([2], Outcome.trap), verdicts([9], 0, 1)];
      await commitTo(0, { verdicts: records.slice(0, 2) });
      await commitTo(1, { verdicts: records.slice(2) });
      await reload();
      const all = await store.verdicts(job.number, 0, 1e6);
      expect(all.map((logged) => logged.verdicts)).toEqual(records);
      const [first, second] = await store.verdicts(job.number, 0, 1);
      expect(second).toBeUndefined();
      const rest = await store.verdicts(job.number, first.sequence, 1e6);
      expect(rest).toEqual(all.slice(1));
      expect(await store.verdicts(job.number, rest[1].sequence, 1e6)).toEqual([]);
      expect(await store.blockVerdicts(job.number, 0)).toEqual(all.slice(0, 2));
    });

    test('STO-12 verdicts and computing time add up in the job and in runs of blocks', async () => {
      await commitTo(0, {
        submissions: [submission({ first: 0, count: 3 }, { computeMicros: 70 })],
        verdicts: [verdicts([0, 1]), verdicts([2], Outcome.exception)],
      });
      await commitTo(2, { verdicts: [verdicts([0], Outcome.ok, 2)] });
      expect(await rowNow()).toMatchObject({ done: 3, failed: 1, computeMicros: 70 });
      expect(await store.blockCounts(job.number, 1)).toEqual([
        { run: 0, done: 2, failed: 1 },
        { run: 2, done: 1, failed: 0 },
      ]);
      expect(await store.blockCounts(job.number, 2)).toEqual([
        { run: 0, done: 2, failed: 1 },
        { run: 1, done: 1, failed: 0 },
      ]);
    });

    test('STO-13 a finished block keeps digests and signatures and drops the outputs', async () => {
      const kept = submission({ first: 0, count: 3 });
      await commitTo(0, {
        submissions: [kept],
        verdicts: [verdicts([0, 1, 2])],
        finished: [{ job: job.number, block: 0 }],
      });
      await reload();
      expect(await store.finishedBlocks(job.number)).toEqual(new Set([0]));
      const [evidence] = await store.submissionsOf(job.number, 0);
      expect(evidence.results.digests).toEqual(kept.results.digests);
      expect(evidence.results.signature).toEqual(kept.results.signature);
      expect(evidence.results.lengths).toEqual(kept.results.lengths);
      expect(evidence.results.outputs).toHaveLength(0);
      expect((await store.blockVerdicts(job.number, 0))[0].verdicts.outputs.length).toBeGreaterThan(
        0,
      );
    });

    test('STO-14 credits add up over the life of a node', async () => {
      await commitTo(0, { credits: [{ key: NODE_A, agreed: 3, rejected: 1 }] });
      await reload();
      await commitTo(0, { credits: [{ key: NODE_A, agreed: 2, rejected: 0 }] });
      expect(await store.nodeTotals(NODE_A)).toEqual({ agreed: 5, rejected: 1 });
      expect(await store.nodeTotals(NODE_B)).toEqual({ agreed: 0, rejected: 0 });
    });

    test('STO-15 a retry opens failed shards only, once, and their block and job with them', async () => {
      await commitTo(0, {
        verdicts: [verdicts([0, 1]), verdicts([2, 5], Outcome.trap)],
        finished: [{ job: job.number, block: 0 }],
      });
      await store.endJob(job.number, 'done', AT);
      expect(await store.retryShards(job.number, [0, 2, 9999])).toBe(1);
      expect(await rowNow()).toMatchObject({ state: 'running', endedAt: null, done: 2, failed: 1 });
      expect(await store.finishedBlocks(job.number)).toEqual(new Set());
      expect(await store.retryShards(job.number, [2])).toBe(0);
      expect(await store.retryShards(job.number, 'all')).toBe(1);
      expect((await store.claimBlock(job.number, 0, 'me')).retried).toEqual([2, 5]);
      expect(await rowNow()).toMatchObject({ done: 2, failed: 0 });
      expect(await store.retryShards(job.number, 'all')).toBe(0);
      expect(await store.shardStatuses(job.number, 0)).toEqual(
        new Map([
          [0, Outcome.ok],
          [1, Outcome.ok],
        ]),
      );
    });

    test('STO-16 what a retry opened is cut out of earlier submissions, and of no later one', async () => {
      const before = submission({ block: 1, first: 4096, count: 5 });
      await commitTo(1, {
        submissions: [before],
        verdicts: [verdicts([1, 4], Outcome.trap, 1), verdicts([0], Outcome.ok, 1)],
      });
      await store.retryShards(job.number, 'all');
      const after = submission({ block: 1, lease: 2n, first: 4096, count: 2 });
      await commitTo(1, { submissions: [after] });
      await reload();

      const { submissions, retried } = await store.claimBlock(job.number, 1, 'me');
      expect(retried).toEqual([4097, 4100]);
      expect(submissions.map(({ results }) => [results.first, results.count])).toEqual([
        [4096, 1],
        [4098, 2],
        [4096, 2],
      ]);
      const whole = exampleSubmission({ ...before.claim, first: 4098, count: 2 }).results;
      expect(submissions[1].results).toMatchObject({
        digests: whole.digests,
        lengths: whole.lengths,
        outputs: whole.outputs,
      });

      await commitTo(1, { verdicts: [verdicts([1], Outcome.ok, 1)] });
      expect((await store.claimBlock(job.number, 1, 'me')).retried).toEqual([4100]);
    });

    describe('outputs that verdicts refer to', () => {
      const blob = (name: string) => ({ id: name.repeat(64), bytes: 9, manifest: name.repeat(64) });
      const stdout = (name: string) =>
        encodeOutput({ referred: [{ field: 'stdout', path: '', blob: blob(name) }] });
      /** A verdict on each of these shards of block 1, referring to the blob of that name. */
      const referring = (names: Record<number, string>) => {
        const shards = Object.keys(names).map(Number);
        const outputs = shards.map((shard) => stdout(names[shard]));
        return {
          ...verdicts(shards, Outcome.ok, 1),
          lengths: Uint32Array.from(outputs, ({ length }) => length),
          outputs: concat(outputs),
        };
      };
      const onNodes = async () =>
        (await store.outputsOnNodes(0, 10)).map(({ shard, blob: { id } }) => [shard, id[0]]);

      test('STO-22 come with their verdicts, in pages, and are on nodes until they are kept', async () => {
        await commitTo(1, { verdicts: [referring({ 0: 'a', 2: 'b' }), verdicts([1], 0, 1)] });
        await commitTo(1, { verdicts: [referring({ 4: 'a' })] });
        await reload();
        expect(await onNodes()).toEqual([
          [0, 'a'],
          [2, 'b'],
          [4, 'a'],
        ]);
        const [first] = await store.outputsOnNodes(0, 1);
        expect(first).toMatchObject({ job: job.number, block: 1, shard: 0, blob: blob('a') });
        expect(await store.outputsOnNodes(first.number, 10)).toHaveLength(2);
        await store.outputKept(blob('a').id);
        expect(await onNodes()).toEqual([[2, 'b']]);
        expect(await store.outputsOfBlob(blob('a').id, 10)).toMatchObject([
          { shard: 0, kept: true },
          { shard: 4, kept: true },
        ]);
        expect(await store.outputsOfBlob(blob('c').id, 10)).toEqual([]);
      });

      test('STO-22 are kept at once where an equal one is kept', async () => {
        await commitTo(1, { verdicts: [referring({ 0: 'a' })] });
        await store.outputKept(blob('a').id);
        await commitTo(1, { verdicts: [referring({ 5: 'a', 6: 'b' })] });
        expect(await onNodes()).toEqual([[6, 'b']]);
      });

      test('STO-24 are released with their job, as far as no other verdict needs them', async () => {
        const other = await store.addJob(exampleJob(job.requester));
        await commitTo(1, { verdicts: [referring({ 0: 'a', 1: 'b', 2: 'b', 3: 'c', 4: 'd' })] });
        const { fence } = await store.claimBlock(other.number, 0, 'me');
        await store.commit({
          ...EMPTY,
          claims: [{ job: other.number, block: 0, fence }],
          verdicts: [{ ...referring({ 7: 'a' }), job: other.number, block: 0 }],
        });
        await store.outputKept(blob('c').id);
        expect(await store.jobsWithOutputsOnNodes()).toEqual([job.id, other.id]);
        const released = [blob('b').id, blob('d').id];
        expect((await store.releaseOutputs(job.number)).toSorted()).toEqual(released);
        await reload();
        expect(await onNodes()).toEqual([[7, 'a']]);
        expect(await store.jobsWithOutputsOnNodes()).toEqual([other.id]);
        expect((await store.releaseOutputs(job.number)).toSorted()).toEqual(released);
        expect(await store.outputsOfBlob(blob('a').id, 10)).toMatchObject([
          { shard: 7, released: false },
          { shard: 0, released: true },
        ]);
        // Computed again, for somebody who needs it all the same.
        await store.reopenShards(job.number, [4096 + 4]);
        await commitTo(1, { verdicts: [referring({ 4: 'd' })] });
        expect(await onNodes()).toEqual([
          [7, 'a'],
          [4, 'd'],
        ]);
      });

      test('STO-23 a verdict whose output is lost is taken back: counts, block, job and log', async () => {
        await commitTo(1, {
          submissions: [submission({ block: 1, first: 4096, count: 3 })],
          verdicts: [referring({ 0: 'a', 1: 'b' }), verdicts([2], Outcome.trap, 1)],
          finished: [{ job: job.number, block: 1 }],
        });
        await store.endJob(job.number, 'done', AT);
        expect(await store.reopenShards(job.number, [4096, 4096 + 9])).toBe(1);
        await reload();
        expect(await onNodes()).toEqual([[1, 'b']]);
        expect(await rowNow()).toMatchObject({
          state: 'running',
          endedAt: null,
          done: 1,
          failed: 1,
        });
        expect(await store.finishedBlocks(job.number)).toEqual(new Set());
        expect(await store.blockCounts(job.number, 1)).toEqual([{ run: 1, done: 1, failed: 1 }]);
        expect((await store.shardStatuses(job.number, 1)).has(0)).toBe(false);
        const { retried, submissions } = await store.claimBlock(job.number, 1, 'me');
        expect(retried).toEqual([4096]);
        expect(submissions.map(({ results }) => results.first)).toEqual([4097]);
        expect(await store.reopenShards(job.number, [4096])).toBe(0);
        await commitTo(1, { verdicts: [referring({ 0: 'c' })] });
        expect(await onNodes()).toEqual([
          [1, 'b'],
          [0, 'c'],
        ]);
        expect(await rowNow()).toMatchObject({ done: 2, failed: 1 });
      });
    });

    test('STO-17 a retried shard that fails again can be retried again', async () => {
      await commitTo(0, { verdicts: [verdicts([3], Outcome.trap)] });
      expect(await store.retryShards(job.number, 'all')).toBe(1);
      await commitTo(0, { verdicts: [verdicts([3], Outcome.trap)] });
      expect(await rowNow()).toMatchObject({ failed: 1 });
      expect(await store.retryShards(job.number, 'all')).toBe(1);
      await commitTo(0, { verdicts: [verdicts([3])] });
      expect(await store.retryShards(job.number, 'all')).toBe(0);
      expect(await rowNow()).toMatchObject({ done: 1, failed: 0 });
    });
  });
}
