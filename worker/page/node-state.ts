import type { EngineView } from '../engine/events.ts';
import type { DataSettings } from '../swarm/swarm-view.ts';

/** What a contributor gives. */
export interface NodeSettings {
  threads: number;
  /** Ids of projects; null for any. */
  projects: readonly string[] | null;
  data: DataSettings;
}

/** Where this browser's node stands, as this tab sees it. */
export type NodeState =
  /** `finished`: it was stopped by Finish. `failure`: a sentence on why it could not run. */
  | { stage: 'off'; finished: boolean; failure: string | null }
  | { stage: 'starting' }
  /** `elsewhere`: another tab of this browser does the computing. */
  | { stage: 'on'; view: EngineView; elsewhere: boolean };

/** The contributor's buttons. */
export type NodeCommand =
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'finish' }
  | { type: 'cancel-finish' }
  | { type: 'threads'; threads: number }
  | { type: 'data'; data: DataSettings }
  /** Removes from the cache what is neither in use nor a result that others still need. */
  | { type: 'empty-cache' };
