import type { NodeKeys } from '../../shared/identity/keys.ts';
import type { EngineEffect, Kept } from './events.ts';

/** An effect by which the engine tells what is to survive a crash. */
export type StorageEffect = Extract<
  EngineEffect,
  { type: `keep-${string}` } | { type: `forget-${string}` }
>;

/** What one node remembers between its runs: its key, and work that is not yet handed in. */
export interface NodeStorage {
  /** The node's keys, made at the first call ever. */
  keys(): Promise<NodeKeys>;
  /** What earlier runs left. What cannot be read is left out. */
  load(): Promise<Kept>;
  /** Carries out one effect; they take place in order. Losing one costs repeated work only. */
  apply(effect: StorageEffect): void;
  /** Resolves when everything applied so far is written. */
  settled(): Promise<void>;
}

/** Whether an effect is for the storage. */
export function isStorageEffect(effect: EngineEffect): effect is StorageEffect {
  return effect.type.startsWith('keep-') || effect.type.startsWith('forget-');
}
