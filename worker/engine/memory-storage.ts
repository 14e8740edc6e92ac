import { generateNodeKeys, type NodeKeys } from '../../shared/identity/keys.ts';
import type { Kept } from './events.ts';
import type { NodeStorage } from './storage.ts';

/** For browsers that keep nothing: a new node at every start. */
export class MemoryStorage implements NodeStorage {
  keys(): Promise<NodeKeys> {
    return generateNodeKeys();
  }

  async load(): Promise<Kept> {
    return { submissions: [], leases: [], checkpoints: [] };
  }

  apply(): void {}

  async settled(): Promise<void> {}
}
