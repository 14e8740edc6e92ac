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
contribution.subscribe(() => {
  base = baseOf(base, contribution.state());
});

/** Where this browser's node stands. */
export function useContribution(): NodeState {
  return useSyncExternalStore(subscribe, state);
}

/** The totals that this visit began with; null before the node has joined. */
export function useBase(): Totals | null {
  return useSyncExternalStore(subscribe, () => base);
}

function subscribe(listener: () => void): () => void {
  return contribution.subscribe(listener);
}

function state(): NodeState {
  return contribution.state();
}
