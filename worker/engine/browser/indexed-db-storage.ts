import { generateNodeKeys, type NodeKeys } from '../../../shared/identity/keys.ts';
import { answer, complete } from '../../indexed-db.ts';
import { type Day, type DayStorage, isDay } from '../../swarm/traffic.ts';
import type { Kept } from '../events.ts';
import { readKept } from '../kept.ts';
import type { NodeStorage, StorageEffect } from '../storage.ts';

const NAME = 'manyhands-node';
const VERSION = 1;
const STORES = ['identity', 'submissions', 'leases', 'checkpoints'] as const;
type StoreName = (typeof STORES)[number];
const KEYS = 'keys';
/** Beside the keys: a store of its own would ask every other tab to let go of the database. */
const DAY = 'day';

/** A browser profile's storage. The private key cannot be read out of it, not even by us. */
export class IndexedDbStorage implements NodeStorage, DayStorage {
  readonly #database: IDBDatabase;
  #written: Promise<void> = Promise.resolve();

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Rejects where the browser keeps nothing (private windows, blocked storage). */
  static async open(): Promise<IndexedDbStorage> {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      for (const store of STORES) opening.result.createObjectStore(store);
    };
    return new IndexedDbStorage(await answer(opening));
  }

  async keys(): Promise<NodeKeys> {
    const kept = await this.#readKeys();
    if (kept) return kept;
    const made = await generateNodeKeys();
    const transaction = this.#database.transaction('identity', 'readwrite');
    // Of two tabs that come here at once the first wins, and both use its keys.
    transaction.objectStore('identity').add(made, KEYS).onerror = (event) => event.preventDefault();
    await complete(transaction);
    return (await this.#readKeys()) ?? made;
  }

  async load(): Promise<Kept> {
    const [submissions, leases, checkpoints] = await Promise.all([
      this.#readAll('submissions'),
      this.#readAll('leases'),
      this.#readAll('checkpoints'),
    ]);
    return readKept({ submissions, leases, checkpoints });
  }

  apply(effect: StorageEffect): void {
    // Transactions of one store run in the order in which they were made.
    const written = this.#carryOut(effect).catch(() => {
      // No room, or the browser took the storage away: repeated work after a crash, nothing now.
    });
    this.#written = Promise.all([this.#written, written]).then(() => {});
  }

  settled(): Promise<void> {
    return this.#written;
  }

  async loadDay(): Promise<Day | null> {
    const store = this.#database.transaction('identity').objectStore('identity');
    const kept: unknown = await answer(store.get(DAY));
    return isDay(kept) ? kept : null;
  }

  async saveDay(day: Day): Promise<void> {
    const transaction = this.#database.transaction('identity', 'readwrite');
    transaction.objectStore('identity').put(day, DAY);
    await complete(transaction);
  }

  async #carryOut(effect: StorageEffect): Promise<void> {
    switch (effect.type) {
      case 'keep-submission':
        return this.#put('submissions', effect.submission.key, effect.submission);
      case 'forget-submission':
        return this.#delete('submissions', effect.key);
      case 'keep-lease':
        return this.#put('leases', effect.lease.key, effect.lease);
      case 'forget-lease':
        return this.#delete('leases', effect.key);
      case 'keep-checkpoint': {
        const { job, shard } = effect.checkpoint;
        return this.#put('checkpoints', `${job}/${shard}`, effect.checkpoint);
      }
      case 'forget-checkpoint':
        return this.#delete('checkpoints', `${effect.job}/${effect.shard}`);
    }
  }

  #put(store: StoreName, key: string, value: unknown): Promise<void> {
    const transaction = this.#database.transaction(store, 'readwrite');
    transaction.objectStore(store).put(value, key);
    return complete(transaction);
  }

  #delete(store: StoreName, key: string): Promise<void> {
    const transaction = this.#database.transaction(store, 'readwrite');
    transaction.objectStore(store).delete(key);
    return complete(transaction);
  }

  #readAll(store: StoreName): Promise<unknown[]> {
    return answer(this.#database.transaction(store).objectStore(store).getAll());
  }

  async #readKeys(): Promise<NodeKeys | null> {
    const store = this.#database.transaction('identity').objectStore('identity');
    const kept: unknown = await answer(store.get(KEYS));
    return isNodeKeys(kept) ? kept : null;
  }
}

function isNodeKeys(value: unknown): value is NodeKeys {
  if (typeof value !== 'object' || value === null) return false;
  const { publicKey, privateKey } = value as Partial<NodeKeys>;
  return publicKey instanceof Uint8Array && privateKey instanceof CryptoKey;
}
