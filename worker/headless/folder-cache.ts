import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { BlobId } from '../../shared/job/spec.ts';
import type { RandomAccess } from '../swarm/cache/chunk-file.ts';
import type { BlobRecord, ChunkStore } from '../swarm/cache/chunk-store.ts';
import { OpenFiles } from '../swarm/cache/open-files.ts';
import { type CacheOptions, StoredCache } from '../swarm/cache/stored-cache.ts';
import { plainBytes } from './plain-bytes.ts';

/** A headless node's cache: two files for each blob, its chunks and its record, in one folder. */
export class FolderCache extends StoredCache {
  /** @param folder made where it is not there; one process at a time */
  constructor(folder: string, options: CacheOptions) {
    super(new FolderStore(folder), options);
  }
}

class FolderStore implements ChunkStore {
  readonly place = 'folder';
  readonly #chunks: string;
  readonly #records: string;
  readonly #files: OpenFiles;

  constructor(folder: string) {
    this.#chunks = join(folder, 'chunks');
    this.#records = join(folder, 'records');
    this.#files = new OpenFiles(async (id, create) => openFile(join(this.#chunks, id), create));
  }

  async load(): Promise<unknown[]> {
    for (const folder of [this.#chunks, this.#records])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#records)).filter((name) => !name.endsWith('.new'));
    return Promise.all(
      names.map(async (name) => {
        try {
          return plainBytes(deserialize(await readFile(join(this.#records, name))));
        } catch {
          // Damaged: its chunks are swept away.
          return null;
        }
      }),
    );
  }

  async putRecord(record: BlobRecord): Promise<void> {
    // First the bytes, then the record that speaks of them; the record wholly or not at all.
    this.#files.flush(record.ref.id);
    const path = join(this.#records, record.ref.id);
    await writeFile(`${path}.new`, serialize(record), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async putChunk(id: BlobId, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    (await this.#files.use(id, true))?.write(chunk, sealed);
  }

  async getChunk(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.#files.use(id, false))?.read(chunk) ?? null;
  }

  async remove(id: BlobId): Promise<void> {
    await rm(join(this.#records, id), { force: true });
    this.#files.close(id);
    await rm(join(this.#chunks, id), { force: true });
  }

  async sweep(ids: ReadonlySet<BlobId>): Promise<void> {
    for (const folder of [this.#chunks, this.#records])
      for (const name of await readdir(folder))
        if (!ids.has(name)) await rm(join(folder, name), { force: true });
  }

  async close(): Promise<void> {
    this.#files.closeAll();
  }
}

function openFile(path: string, create: boolean): RandomAccess | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  } catch (error) {
    if (!create && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return {
    size: () => fstatSync(file).size,
    read: (into, at) => readSync(file, into, 0, into.length, at),
    write(bytes, at) {
      for (let done = 0; done < bytes.length; )
        done += writeSync(file, bytes, done, bytes.length - done, at + done);
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}
