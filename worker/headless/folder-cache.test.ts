import { cp, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'vitest';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { CACHE_CONTRACT, type CacheUnderTest } from '../swarm/cache/contract.ts';
import { FolderCache } from './folder-cache.ts';

/** Behind which a chunk lies in its file. */
const SEAL_BYTES = 40;

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'manyhands-cache-'));
  folders.push(folder);
  return folder;
}

async function inFolder(): Promise<CacheUnderTest> {
  let folder = await newFolder();
  let now = 0;
  return {
    place: 'folder',
    open: async (quotaBytes = 2 ** 30) => new FolderCache(folder, { quotaBytes, now: () => now++ }),
    async crash() {
      // What the crashed one still does happens to a folder that nobody opens again.
      const next = await newFolder();
      await cp(folder, next, { recursive: true });
      folder = next;
    },
    async damage(id) {
      const file = await open(join(folder, 'chunks', id), 'r+');
      const { size } = await file.stat();
      for (let at = SEAL_BYTES; at < size; at += SEAL_BYTES + CHUNK_BYTES) {
        const byte = new Uint8Array(1);
        await file.read(byte, 0, 1, at);
        byte[0] ^= 1;
        await file.write(byte, 0, 1, at);
      }
      await file.close();
    },
  };
}

for (const { title, run } of CACHE_CONTRACT)
  test(`${title} (folder)`, async () => run(await inFolder()));
