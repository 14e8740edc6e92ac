import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { ManyhandsError } from '../../shared/errors.ts';
import type { NodeKeys } from '../../shared/identity/keys.ts';
import type { Kept } from '../engine/events.ts';
import { readKept } from '../engine/kept.ts';
import type { NodeStorage, StorageEffect } from '../engine/storage.ts';
import { readNodeKeys } from './node-keys.ts';
import { plainBytes } from './plain-bytes.ts';

const KINDS = ['submissions', 'leases', 'checkpoints'] as const;
type Kind = (typeof KINDS)[number];

/** A headless node's storage: one folder, one small file for each thing that is kept. */
export class FileStorage implements NodeStorage {
  readonly #folder: string;
  #written: Promise<void> = Promise.resolve();
  #problem: unknown = null;

  /** @param folder made where it is not there, for its owner only */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws ManyhandsError `NODE_FOLDER_UNUSABLE`, `NODE_KEY_MALFORMED` */
  async keys(): Promise<NodeKeys> {
    await this.#prepare();
    return readNodeKeys(join(this.#folder, 'node.key'));
  }

  /** @throws ManyhandsError `NODE_FOLDER_UNUSABLE` */
  async load(): Promise<Kept> {
    await this.#prepare();
    const [submissions, leases, checkpoints] = await Promise.all(
      KINDS.map((kind) => this.#readAll(kind)),
    );
    return readKept({ submissions, leases, checkpoints });
  }

  apply(effect: StorageEffect): void {
    // A full disk costs repeated work after a crash, and nothing now.
    this.#written = this.#written
      .then(() => this.#carryOut(effect))
      .catch((error: unknown) => {
        this.#problem = error;
      });
  }

  settled(): Promise<void> {
    return this.#written;
  }

  /** The last thing that could not be written; null when all went well. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Keys and work are asked for at the same time, so each makes sure of the folder. */
  async #prepare(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const kind of KINDS) await mkdir(join(this.#folder, kind), { recursive: true });
    } catch (error) {
      throw new ManyhandsError(
        'NODE_FOLDER_UNUSABLE',
        'The folder for this node cannot be written. Choose another one, or make it writable.',
        { folder: this.#folder, problem: (error as Error).message },
      );
    }
  }

  #carryOut(effect: StorageEffect): Promise<void> {
    switch (effect.type) {
      case 'keep-submission':
        return this.#write('submissions', effect.submission.key, effect.submission);
      case 'forget-submission':
        return this.#remove('submissions', effect.key);
      case 'keep-lease':
        return this.#write('leases', effect.lease.key, effect.lease);
      case 'forget-lease':
        return this.#remove('leases', effect.key);
      case 'keep-checkpoint': {
        const { job, shard } = effect.checkpoint;
        return this.#write('checkpoints', `${job}/${shard}`, effect.checkpoint);
      }
      case 'forget-checkpoint':
        return this.#remove('checkpoints', `${effect.job}/${effect.shard}`);
    }
  }

  async #write(kind: Kind, key: string, value: unknown): Promise<void> {
    const path = this.#path(kind, key);
    // There wholly or not at all.
    await writeFile(`${path}.new`, serialize(value), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #remove(kind: Kind, key: string): Promise<void> {
    return rm(this.#path(kind, key), { force: true });
  }

  #path(kind: Kind, key: string): string {
    const name = createHash('sha256').update(key, 'latin1').digest('hex');
    return join(this.#folder, kind, name);
  }

  async #readAll(kind: Kind): Promise<unknown[]> {
    const folder = join(this.#folder, kind);
    const names = (await readdir(folder)).filter((name) => !name.endsWith('.new'));
    return Promise.all(
      names.map(async (name) => {
        try {
          return plainBytes(deserialize(await readFile(join(folder, name))));
        } catch {
          // Damaged: `readKept` leaves it out.
          return null;
        }
      }),
    );
  }
}
