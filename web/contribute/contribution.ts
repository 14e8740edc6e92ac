import { useSyncExternalStore } from 'react';
import type { EngineView } from '../../worker/engine/events.ts';
import type { Settings } from './settings.ts';

/** Where this tab's contribution stands. */
export type Contribution =
  | { stage: 'off'; finished: boolean; failure: string | null }
  | { stage: 'starting' }
  | { stage: 'on'; view: EngineView; elsewhere: boolean };

const current: Contribution = { stage: 'off', finished: false, failure: null };
const listeners = new Set<() => void>();

export const contribution = {
  start(_settings: Settings) {},
  pause() {},
  resume() {},
  finish() {},
  cancelFinish() {},
  setThreads(_threads: number) {},
};

export function useContribution(): Contribution {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
