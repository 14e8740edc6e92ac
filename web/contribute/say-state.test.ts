import { describe, expect, test } from 'vitest';
import type { EngineView } from '../../worker/engine/events.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { swarmView } from './data/test-swarm.ts';
import { sayState } from './say-state.ts';
import { baseOf, sessionTotals } from './session-totals.ts';

function view(part: Partial<EngineView>): EngineView {
  return {
    phase: 'running',
    finishing: false,
    idle: null,
    connection: 'connected',
    threads: 3,
    busy: 3,
    running: [{ job: 'a', name: 'sums', project: 'Maths', shards: 9, done: 1 }],
    done: 0,
    unconfirmed: 0,
    agreed: 0,
    rejected: 0,
    problem: null,
    swarm: swarmView({}),
    ...part,
  };
}

describe('WEB-10 a contributor is always told what happens, for whom, and why nothing does', () => {
  test('while it computes', () => {
    expect(sayState(view({}))).toEqual({ title: 'Computing', detail: 'On 3 threads for Maths.' });
  });

  test('every reason to be idle has its sentence', () => {
    for (const idle of Object.keys(text.idle) as (keyof typeof text.idle)[]) {
      const { title, detail } = sayState(view({ idle, busy: 0 }));
      expect(detail).toBe(text.idle[idle]);
      expect(title).toBe('Ready');
    }
  });

  test('paused is paused, also where it is to finish', () => {
    const paused = view({ phase: 'paused', finishing: true, busy: 0, idle: 'paused' });
    expect(sayState(paused).title).toBe('Paused');
  });

  test('finishing says that it will stop', () => {
    const finishing = view({ phase: 'finishing', finishing: true });
    expect(sayState(finishing)).toEqual({ title: 'Finishing', detail: text.finishing });
  });
});

describe('WEB-11 totals are those of this visit', () => {
  const on = (part: Partial<EngineView>) =>
    ({ stage: 'on', view: view(part), elsewhere: false }) as const;

  test('counted from the moment in which the node joined', () => {
    expect(baseOf(null, on({ connection: 'connecting' }))).toBeNull();
    const base = baseOf(null, on({ agreed: 100, rejected: 2 }));
    expect(base).toEqual({ agreed: 100, rejected: 2 });
    expect(baseOf(base, on({ agreed: 150 }))).toBe(base);
    expect(baseOf(base, { stage: 'off', finished: true, failure: null })).toBeNull();
  });

  test('what is neither agreed nor rejected is pending, and never less than nothing', () => {
    const base = { agreed: 100, rejected: 2 };
    expect(sessionTotals(view({ done: 10, agreed: 104, rejected: 3 }), base)).toEqual({
      agreed: 4,
      rejected: 1,
      pending: 5,
    });
    expect(sessionTotals(view({ done: 1, agreed: 104, rejected: 2 }), base).pending).toBe(0);
    expect(sessionTotals(view({ done: 3 }), null).pending).toBe(3);
  });
});
