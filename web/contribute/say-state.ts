import type { WorkView } from '../../worker/engine/events.ts';
import { contribute as text } from '../text/en/contribute.ts';

/** The state of the node in words: a title of a word or two, and a sentence. */
export interface SaidState {
  title: string;
  detail: string;
}

/** What the contributor is told about the node's state, and why it is idle when it is. */
export function sayState(view: WorkView): SaidState {
  if (view.phase === 'paused') return { title: text.pausedTitle, detail: text.idle.paused };
  const computing = view.busy > 0 && view.idle === null;
  const detail = computing ? computingText(view) : idleText(view);
  if (view.finishing) {
    return { title: text.finishingTitle, detail: computing ? text.finishing : detail };
  }
  return { title: computing ? text.computingTitle : text.waitingTitle, detail };
}

function computingText({ busy, running }: WorkView): string {
  const projects = [...new Set(running.map(({ project }) => project))];
  return projects.length === 0 ? `${text.computing(busy)}.` : text.computingFor(busy, projects);
}

function idleText(view: WorkView): string {
  if (view.idle) return text.idle[view.idle];
  return view.connection === 'connected' ? text.idle.asking : text.connection[view.connection];
}
