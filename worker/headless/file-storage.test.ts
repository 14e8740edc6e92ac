import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileStorage } from './file-storage.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'manyhands-node-'));
});
afterEach(() => rm(parent, { recursive: true }));

test('a new node has a key and nothing kept, whichever is asked for first', async () => {
  const storage = new FileStorage(join(parent, 'new', 'node'));
  const [kept, keys] = await Promise.all([storage.load(), storage.keys()]);
  expect(kept).toEqual({ submissions: [], leases: [], checkpoints: [] });
  expect(keys.publicKey).toHaveLength(32);
  expect((await new FileStorage(join(parent, 'new', 'node')).keys()).publicKey).toEqual(
    keys.publicKey,
  );
});
