import type { EngineView } from '../engine/events.ts';

/** What a contributor gives. */
export interface NodeSettings {
  threads: number;
  /** Ids of projects; null for any. */
  projects: readonly string[] | null;
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
  | { type: 'threads'; threads: number };
