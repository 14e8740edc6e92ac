import { useEffect, useRef, useState } from 'react';
import type { DryRunResult } from '../../worker/sandbox/dry-run.ts';
import { type TrialParts, tryNext, tryShard } from './trial.ts';

/** Where the trial of one shard stands. */
type DryRunState =
  | { stage: 'none' }
  | { stage: 'running' }
  /** `at`: place of the further stage that was tried; null for the job's first. */
  | { stage: 'ended'; at: number | null; shard: number; result: DryRunResult }
  | { stage: 'failed'; message: string };

export interface DryRunControls {
  state: DryRunState;
  /** Time that a shard of the first stage took, in milliseconds; null before one was tried. */
  shardMs: number | null;
  run(shard: number): void;
  /** Tries the next stage on what the last trial gave. */
  runNext(): void;
  stop(): void;
}

/** Tries a shard of the draft in this browser's own sandbox, and the next stages on what it gave. */
export function useDryRun(parts: TrialParts): DryRunControls {
  const [state, setState] = useState<DryRunState>({ stage: 'none' });
  const [shardMs, setShardMs] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);

  // A program that runs for ever must not outlive the page that tries it.
  useEffect(() => () => abort.current?.abort(), []);

  const attempt = async (trial: (signal: AbortSignal) => Promise<DryRunState>) => {
    abort.current?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    abort.current = controller;
    setState({ stage: 'running' });
    try {
      const ended = await trial(signal);
      if (!signal.aborted) setState(ended);
    } catch (thrown) {
      if (signal.aborted) return;
      setState({ stage: 'failed', message: thrown instanceof Error ? thrown.message : '' });
    }
  };

  const run = (shard: number) =>
    attempt(async (signal) => {
      const result = await tryShard(parts, shard, signal);
      if (!signal.aborted) setShardMs(result.milliseconds);
      return { stage: 'ended', at: null, shard, result };
    });

  const runNext = async () => {
    if (state.stage !== 'ended') return;
    const at = state.at === null ? 0 : state.at + 1;
    const { output } = state.result;
    await attempt(async (signal) => ({
      stage: 'ended',
      at,
      ...(await tryNext(parts, at, output, signal)),
    }));
  };

  return {
    state,
    shardMs,
    run: (shard) => void run(shard),
    runNext: () => void runNext(),
    stop: () => {
      abort.current?.abort();
      setState({ stage: 'none' });
    },
  };
}
