import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleJob } from '../engine/core/test-jobs.ts';
import type { KeptLease, KeptSubmission } from '../engine/events.ts';
import { FileStorage } from './file-storage.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-storage-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const submission: KeptSubmission = {
  key: '\u0001ticket\u00ff:0:1',
  frame: {
    type: 'submit',
    ticket: Uint8Array.of(1, 255),
    first: 0,
    count: 1,
    statuses: new Uint8Array(1),
    digests: new Uint8Array(32),
    lengths: Uint8Array.of(1, 0, 0, 0),
    outputs: Uint8Array.of(7),
    details: [],
    computeMicros: 5,
    signature: new Uint8Array(64),
  },
};

const lease: KeptLease = {
  key: 'lease',
  job: exampleJob('a'),
  first: 0,
  count: 3,
  deadline: 99,
  ticket: Uint8Array.of(1, 255),
};

test('ENG-44 what was kept is there after a restart, and gone once it is forgotten', async () => {
  const storage = new FileStorage(folder);
  await storage.keys();
  const checkpoint = { job: 'a', shard: 2, bytes: Uint8Array.of(1, 2, 3) };
  storage.apply({ type: 'keep-submission', submission });
  storage.apply({ type: 'keep-lease', lease });
  storage.apply({ type: 'keep-checkpoint', checkpoint });
  await storage.settled();

  const again = new FileStorage(folder);
  await again.keys();
  expect(await again.load()).toEqual({
    submissions: [submission],
    leases: [lease],
    checkpoints: [checkpoint],
  });
  again.apply({ type: 'forget-submission', key: submission.key });
  again.apply({ type: 'forget-lease', key: lease.key });
  again.apply({ type: 'forget-checkpoint', job: 'a', shard: 2 });
  await again.settled();
  expect(await again.load()).toEqual({ submissions: [], leases: [], checkpoints: [] });
});

test('ENG-44 what is damaged is left out', async () => {
  const storage = new FileStorage(folder);
  await storage.keys();
  storage.apply({ type: 'keep-lease', lease });
  await storage.settled();
  await writeFile(join(folder, 'leases', 'f'.repeat(64)), 'nonsense');
  await writeFile(join(folder, 'leases', `${'e'.repeat(64)}.new`), 'cut short');
  expect((await storage.load()).leases).toEqual([lease]);
});

test('ENG-34 the key is made once, for its owner only', async () => {
  const first = await new FileStorage(folder).keys();
  const second = await new FileStorage(folder).keys();
  expect(second.publicKey).toEqual(first.publicKey);
  expect((await stat(join(folder, 'node.key'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toContain('node.key');
});

test('ENG-34 a key file that cannot be read is an error that says what to do', async () => {
  await writeFile(join(folder, 'node.key'), 'not a key');
  await expect(new FileStorage(folder).keys()).rejects.toMatchObject({
    code: 'NODE_KEY_MALFORMED',
  });
});
