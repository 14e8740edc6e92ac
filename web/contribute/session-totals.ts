import type { WorkView } from '../../worker/engine/events.ts';
import type { NodeState } from '../../worker/page/node-state.ts';

/** Verdicts on a node's shards over its whole life. */
export interface Totals {
  agreed: number;
  rejected: number;
}

/** What came of the shards of this visit. */
export interface SessionTotals extends Totals {
  /** Computed, and not decided yet. */
  pending: number;
}

/** The totals to count from: those of the moment in which the node joined. */
export function baseOf(base: Totals | null, state: NodeState): Totals | null {
  if (state.stage !== 'on') return null;
  if (base || state.view.connection !== 'connected') return base;
  const { agreed, rejected } = state.view;
  return { agreed, rejected };
}

/**
 * What came of the shards of this visit. Verdicts on shards of an earlier visit that come during
 * this one count too, so pending is at least, not exactly, what is undecided.
 */
export function sessionTotals(view: WorkView, base: Totals | null): SessionTotals {
  const agreed = base ? Math.max(0, view.agreed - base.agreed) : 0;
  const rejected = base ? Math.max(0, view.rejected - base.rejected) : 0;
  return { agreed, rejected, pending: Math.max(0, view.done - agreed - rejected) };
}
