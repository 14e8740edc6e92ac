import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobInfo } from '../../shared/api/schemas.ts';
import { toErrorBody } from '../../shared/errors.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import { blobMismatch, blobTooLarge, diskFull, isDiskFull, uploadsBusy } from './blob-errors.ts';

/** Bytes written between two looks at the free space. */
const SPACE_CHECK_BYTES = 64 * 1024 * 1024;

/** What of the file system uploads write through; handed in so that tests can fill the disk. */
export interface BlobFiles {
  create(path: string): Promise<BlobFile>;
  /** Bytes that can still be written in this folder. */
  freeBytes(folder: string): Promise<number>;
}

interface BlobFile {
  /** Writes all of it, or rejects. */
  write(bytes: Uint8Array): Promise<unknown>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface BlobStoreOptions {
  folder: string;
  maxBlobBytes: number;
  /** Space that an upload must leave free. */
  minFreeBytes: number;
  /** Uploads at the same time. */
  maxUploads: number;
  files?: BlobFiles;
}

/**
 * Blobs as files named by their SHA-256. An upload is written beside them under a random name and
 * moved in place when its hash is known and it is durable, so that a blob is there wholly or not.
 */
export class BlobStore {
  readonly #options: BlobStoreOptions;
  readonly #files: BlobFiles;
  #uploads = 0;

  private constructor(options: BlobStoreOptions) {
    this.#options = options;
    this.#files = options.files ?? DISK;
  }

  /** Opens the folder, making it where there is none, and removes what was half uploaded. */
  static async open(options: BlobStoreOptions): Promise<BlobStore> {
    const store = new BlobStore(options);
    await rm(store.#incomingFolder, { recursive: true, force: true });
    await mkdir(store.#incomingFolder, { recursive: true });
    return store;
  }

  /** Bytes of the largest blob that is taken. */
  get maxBlobBytes(): number {
    return this.#options.maxBlobBytes;
  }

  /**
   * Takes a blob in.
   *
   * @param declaredBytes length that the sender announced, so that a hopeless upload ends at once
   * @throws ManyhandsError `BLOB_TOO_LARGE`, `BLOB_MISMATCH` (its hash is not `expected`),
   *   `DISK_FULL`, `UPLOADS_BUSY`
   */
  async receive(
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { expected, declaredBytes }: { expected?: BlobId; declaredBytes?: number } = {},
  ): Promise<BlobInfo> {
    const { maxBlobBytes, maxUploads } = this.#options;
    if ((declaredBytes ?? 0) > maxBlobBytes) throw blobTooLarge(maxBlobBytes);
    if (this.#uploads >= maxUploads) throw uploadsBusy(maxUploads);
    this.#uploads++;
    const incoming = join(this.#incomingFolder, randomUUID());
    try {
      await this.#checkSpace(declaredBytes ?? 0);
      const info = await this.#write(incoming, bytes);
      if (expected !== undefined && info.id !== expected) throw blobMismatch(expected, info.id);
      await this.#putInPlace(incoming, info.id);
      return info;
    } catch (error) {
      await rm(incoming, { force: true });
      throw isDiskFull(error) ? diskFull() : error;
    } finally {
      this.#uploads--;
    }
  }

  /** Length in bytes, or null where there is no such blob. */
  async size(id: BlobId): Promise<number | null> {
    try {
      return (await stat(this.#path(id))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** The bytes `first .. last`, both inclusive; all of them by default. */
  read(id: BlobId, range?: { first: number; last: number }): Readable {
    return createReadStream(this.#path(id), {
      start: range?.first ?? 0,
      end: range?.last ?? Number.POSITIVE_INFINITY,
      highWaterMark: 256 * 1024,
    });
  }

  /** A whole blob in memory: programs, indices. */
  async load(id: BlobId): Promise<Uint8Array<ArrayBuffer>> {
    return await readFile(this.#path(id));
  }

  /** The manifest that is kept beside a blob; null where none is. */
  async readManifest(id: BlobId): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      return await readFile(this.#manifestPath(id));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Keeps a manifest. It can be computed again, so one that finds no room is not kept. */
  async keepManifest(id: BlobId, manifest: Uint8Array): Promise<void> {
    const incoming = join(this.#incomingFolder, randomUUID());
    try {
      await this.#checkSpace(manifest.length);
      await writeFile(incoming, manifest, { flag: 'wx' });
      await rename(incoming, this.#manifestPath(id));
    } catch (error) {
      await rm(incoming, { force: true });
      if (!isDiskFull(error) && toErrorBody(error).code !== 'DISK_FULL') throw error;
    }
  }

  get #incomingFolder(): string {
    return join(this.#options.folder, 'incoming');
  }

  /** Two levels, because some file systems are slow with a hundred thousand names in a folder. */
  #path(id: BlobId): string {
    return join(this.#options.folder, id.slice(0, 2), id);
  }

  #manifestPath(id: BlobId): string {
    return `${this.#path(id)}.manifest`;
  }

  async #checkSpace(bytes: number): Promise<void> {
    const free = await this.#files.freeBytes(this.#options.folder);
    if (free - bytes < this.#options.minFreeBytes) throw diskFull();
  }

  async #write(
    path: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<BlobInfo> {
    const { maxBlobBytes } = this.#options;
    const hash = createHash('sha256');
    const file = await this.#files.create(path);
    let length = 0;
    let checkedAt = 0;
    try {
      for await (const chunk of bytes) {
        length += chunk.length;
        if (length > maxBlobBytes) throw blobTooLarge(maxBlobBytes);
        if (length - checkedAt >= SPACE_CHECK_BYTES) {
          await this.#checkSpace(0);
          checkedAt = length;
        }
        hash.update(chunk);
        await file.write(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { id: hash.digest('hex'), bytes: length };
  }

  async #putInPlace(incoming: string, id: BlobId): Promise<void> {
    const path = this.#path(id);
    const folder = join(path, '..');
    await mkdir(folder, { recursive: true });
    await rename(incoming, path);
    await syncFolder(folder);
  }
}

const DISK: BlobFiles = {
  async create(path) {
    const handle = await open(path, 'wx');
    return {
      write: (bytes) => handle.writeFile(bytes),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

/** Makes a new name in a folder durable, where the system can do that. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
