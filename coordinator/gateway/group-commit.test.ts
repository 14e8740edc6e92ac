import { expect, test } from 'vitest';
import { ManyhandsError } from '../../shared/errors.ts';
import { exampleSubmission } from '../store/examples.ts';
import type { CommitBatch, Store } from '../store/store.ts';
import { GroupCommit } from './group-commit.ts';
import { newUnit, type Unit } from './unit.ts';

/** Only a failing test waits so long. */
const PATIENCE = { timeout: 20_000 };

/** A unit with one submission of one shard and its acknowledgement. */
function unitOf(block: number, lease: bigint): Unit {
  const submission = exampleSubmission({ job: 1, block, lease, first: block * 10, count: 1 });
  const unit = newUnit();
  unit.submissions.push(submission);
  unit.handedIn.push(submission.results);
  unit.acknowledgements.push({ node: 1, lease, first: block * 10, count: 1 });
  unit.bytes = 100;
  return unit;
}

/** A store whose commits are decided by the test, and what the listener was told. */
function setUp(commit: (batch: CommitBatch) => Promise<void>) {
  const committed: Unit[][] = [];
  const fenced: { blocks: unknown; units: readonly Unit[] }[] = [];
  const failures: (string | null)[] = [];
  const store = { commit, endJob: async () => {} } as unknown as Store;
  const commits = new GroupCommit(store, {
    committed: (units) => committed.push([...units]),
    fenced: (blocks, units) => fenced.push({ blocks, units }),
    failing: (error) => failures.push(error?.code ?? null),
  });
  return { commits, committed, fenced, failures };
}

const leasesOf = (batch: CommitBatch) => batch.submissions.map(({ claim }) => claim.lease);

test('GAT-33 what comes while a commit runs goes into the next one together', async () => {
  const batches: CommitBatch[] = [];
  const finish: (() => void)[] = [];
  const { commits, committed } = setUp((batch) => {
    batches.push(batch);
    return new Promise((resolve) => finish.push(resolve));
  });
  commits.add(unitOf(0, 1n));
  commits.add(unitOf(0, 2n));
  await expect.poll(() => batches.length, PATIENCE).toBe(1);
  commits.add(unitOf(1, 3n));
  commits.add(unitOf(0, 4n));
  expect(committed).toEqual([]);
  expect(commits.backlogBytes).toBe(400);
  finish[0]();
  await expect.poll(() => batches.length, PATIENCE).toBe(2);
  finish[1]();
  await commits.close();
  expect(batches.map(leasesOf)).toEqual([
    [1n, 2n],
    [3n, 4n],
  ]);
  expect(committed.map((units) => units.length)).toEqual([2, 2]);
  expect(commits.backlogBytes).toBe(0);
});

test('GAT-34 work between commits sees everything added before it as durable', async () => {
  const order: string[] = [];
  const { commits } = setUp(async () => {
    order.push('commit');
  });
  commits.add(unitOf(0, 1n));
  await commits.between(async () => {
    order.push('between');
  });
  expect(order).toEqual(['commit', 'between']);
  await expect(
    commits.between(async () => {
      throw new ManyhandsError('X', 'x');
    }),
  ).rejects.toMatchObject({ code: 'X' });
  await commits.close();
  await expect(commits.between(async () => {})).rejects.toMatchObject({ code: 'STOPPING' });
});

test('GAT-35 a commit that fails is tried again, and what waits for it stays unacknowledged', async () => {
  let full = true;
  const { commits, committed, failures } = setUp(async () => {
    if (full) throw new ManyhandsError('STORE_FULL', 'full');
  });
  commits.add(unitOf(0, 1n));
  await expect.poll(() => failures, PATIENCE).toEqual(['STORE_FULL']);
  commits.add(unitOf(0, 2n));
  expect(committed).toEqual([]);
  full = false;
  await commits.between(async () => {});
  expect(committed.flat()).toHaveLength(2);
  expect(failures.at(-1)).toBeNull();
});

test('GAT-36 a block that another coordinator took is left out, with everything that rests on it', async () => {
  const kept: bigint[] = [];
  const { commits, committed, fenced } = setUp(async (batch) => {
    const stale = batch.claims.find(({ block, fence }) => block === 7 && fence !== 2);
    if (stale)
      throw new ManyhandsError('STORE_FENCED', 'taken', { job: stale.job, block: stale.block });
    kept.push(...leasesOf(batch));
  });
  commits.setFence(1, 7, 1);
  commits.setFence(1, 8, 1);
  const twice = newUnit();
  // The same submission came again; its answer rests on the one before.
  twice.acknowledgements.push({ node: 1, lease: 1n, first: 70, count: 1 });
  const lost = [unitOf(7, 1n), unitOf(7, 2n)];
  for (const unit of [lost[0], unitOf(8, 3n), lost[1], twice]) commits.add(unit);
  await commits.between(async () => {});
  expect(kept).toEqual([3n]);
  expect(fenced).toEqual([{ blocks: [{ job: 1, block: 7 }], units: [...lost, twice] }]);
  expect(committed.flat()).toHaveLength(1);
  expect(commits.backlogBytes).toBe(0);
});

test('GAT-37 the end comes even while nothing can be written, and nothing is claimed to be', async () => {
  const { commits, committed } = setUp(async () => {
    throw new ManyhandsError('STORE_FULL', 'full');
  });
  commits.add(unitOf(0, 1n));
  await commits.close();
  commits.add(unitOf(0, 2n));
  await commits.close();
  expect(committed).toEqual([]);
});
