import { useSyncExternalStore } from 'react';
import { openNode } from '../../worker/page/node.ts';
import type { NodeState } from '../../worker/page/node-state.ts';
import { baseOf, type Totals } from './session-totals.ts';

/**
 * This browser's node, one for all pages: it goes on computing while its contributor looks at
 * another page. Nothing heavy is loaded, and nothing computed, before `start`.
 */
export const contribution = openNode();

/** What the node's lifelong totals were when it joined in this visit. */
let base: Totals | null = null;
/** Shards computed in this visit, or before it was finished. */
let done = 0;
contribution.subscribe(() => {
  const state = contribution.state();
  base = baseOf(base, state);
  if (state.stage === 'on') done = state.view.done;
});

/** Where this browser's node stands. */
export function useContribution(): NodeState {
  return useSyncExternalStore(subscribe, state);
}

/** The totals that this visit began with; null before the node has joined. */
export function useBase(): Totals | null {
  return useSyncExternalStore(subscribe, () => base);
}

/** Shards computed here, also after it has ended. */
export function useDone(): number {
  return useSyncExternalStore(subscribe, () => done);
}

function subscribe(listener: () => void): () => void {
  return contribution.subscribe(listener);
}

function state(): NodeState {
  return contribution.state();
}
