import type { BlobId } from '../../../shared/job/spec.ts';
import type { CacheDatabase } from './cache-database.ts';
import type { RandomAccess } from './chunk-file.ts';
import type { BlobRecord, ChunkStore } from './chunk-store.ts';
import { HANDLE_RETRIES, HANDLE_RETRY_MS } from './limits.ts';
import { OpenFiles } from './open-files.ts';

const FOLDER = 'manyhands-cache';

/** Chunks in files of the origin, records in its database. In dedicated workers only. */
export class OpfsStore implements ChunkStore {
  readonly place = 'opfs';
  readonly #folder: FileSystemDirectoryHandle;
  readonly #database: CacheDatabase;
  readonly #files: OpenFiles;

  private constructor(folder: FileSystemDirectoryHandle, database: CacheDatabase) {
    this.#folder = folder;
    this.#database = database;
    this.#files = new OpenFiles((id, create) => openFile(folder, id, create));
  }

  /** Rejects where there are no such files, or no access to them that fits a worker. */
  static async open(storage: StorageManager, database: CacheDatabase): Promise<OpfsStore> {
    const root = await storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    // Some have the folder and not the access; that shows only when a file is opened.
    (await openFile(folder, 'probe', true))?.close();
    return new OpfsStore(folder, database);
  }

  load(): Promise<unknown[]> {
    return this.#database.records();
  }

  async putRecord(record: BlobRecord): Promise<void> {
    // First the bytes, then the record that speaks of them.
    this.#files.flush(record.ref.id);
    await this.#database.putRecord(record);
  }

  async putChunk(id: BlobId, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    (await this.#files.use(id, true))?.write(chunk, sealed);
  }

  async getChunk(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.#files.use(id, false))?.read(chunk) ?? null;
  }

  async remove(id: BlobId): Promise<void> {
    await this.#database.removeRecord(id);
    this.#files.close(id);
    await removeFile(this.#folder, id);
  }

  async sweep(ids: ReadonlySet<BlobId>): Promise<void> {
    const strangers: string[] = [];
    for await (const name of this.#folder.keys()) if (!ids.has(name)) strangers.push(name);
    for (const name of strangers) await removeFile(this.#folder, name);
    // Where a browser without files kept chunks before it had them.
    for (const id of await this.#database.blobsWithChunks()) await this.#database.removeChunks(id);
  }

  async close(): Promise<void> {
    this.#files.closeAll();
    this.#database.close();
  }
}

/** A file is open once in a browser: one that another tab's engine had is free soon after it ended. */
async function openFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  create: boolean,
): Promise<RandomAccess | null> {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await folder.getFileHandle(name, { create });
      return toRandomAccess(await file.createSyncAccessHandle());
    } catch (error) {
      const { name: reason } = error as DOMException;
      if (reason === 'NotFoundError' && !create) return null;
      if (reason !== 'NoModificationAllowedError' || attempt === HANDLE_RETRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, HANDLE_RETRY_MS));
  }
}

function toRandomAccess(handle: FileSystemSyncAccessHandle): RandomAccess {
  return {
    size: () => handle.getSize(),
    read: (into, at) => handle.read(into, { at }),
    write(bytes, at) {
      // No room shows as an error, as a short write, or (Chromium) only in the size of the file.
      const written = handle.write(bytes, { at });
      if (written < bytes.length || handle.getSize() < at + bytes.length)
        throw new DOMException('The file cannot grow.', 'QuotaExceededError');
    },
    flush: () => handle.flush(),
    close: () => handle.close(),
  };
}

async function removeFile(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch {
    // It is not there, or still open somewhere: the next start sweeps it away.
  }
}
