import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Governor, type GovernorEvent } from './governor.ts';

const plugged = { type: 'power', power: { onBattery: false, level: 1 } } as const;
const battery = (level: number): GovernorEvent => ({
  type: 'power',
  power: { onBattery: true, level },
});

describe('threads', () => {
  test('GOV-1 what the contributor chose may run, and changes count at once', () => {
    const governor = new Governor(3, 4);
    expect(governor.handle({ type: 'chosen' }, 0)).toEqual({ threads: 3, reason: null });
    expect(governor.handle({ type: 'threads', threads: 1 }, 1).threads).toBe(1);
  });

  test('GOV-1 whatever the device says, no more than chosen runs, and nothing only with a reason', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('threads' as const), threads: fc.integer({ min: 1, max: 8 }) }),
      fc.constant<GovernorEvent>({ type: 'chosen' }),
      fc.constant<GovernorEvent>({ type: 'tick' }),
      fc.record({
        type: fc.constant('power' as const),
        power: fc.record({ onBattery: fc.boolean(), level: fc.double({ min: 0, max: 1 }) }),
      }),
      fc.record({
        type: fc.constant('pressure' as const),
        pressure: fc.constantFrom('nominal', 'fair', 'serious', 'critical'),
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(60_000))), (events) => {
        const governor = new Governor(2, 8);
        let now = 0;
        for (const [next, pause] of events) {
          now += pause;
          const budget = governor.handle(next as GovernorEvent, now);
          expect([0, governor.state.threads]).toContain(budget.threads);
          expect(budget.reason === null).toBe(budget.threads > 0);
        }
      }),
      { seed: 1 },
    );
  });
});

describe('battery', () => {
  test('GOV-2 whoever starts on battery has chosen to', () => {
    const governor = new Governor(2, 4);
    governor.handle({ type: 'chosen' }, 0);
    expect(governor.handle(battery(0.9), 1).threads).toBe(2);
  });

  test('GOV-2 a device that is unplugged while it runs holds back until it is plugged in again', () => {
    const governor = new Governor(2, 4);
    governor.handle(plugged, 0);
    expect(governor.handle(battery(0.9), 1)).toEqual({ threads: 0, reason: 'battery' });
    expect(governor.handle(plugged, 2).threads).toBe(2);
    expect(governor.handle(battery(0.9), 3).reason).toBe('battery');
  });

  test('GOV-2 Resume on battery is a choice, until the next time it is plugged in', () => {
    const governor = new Governor(2, 4);
    governor.handle(plugged, 0);
    governor.handle(battery(0.9), 1);
    expect(governor.handle({ type: 'chosen' }, 2).threads).toBe(2);
    governor.handle(plugged, 3);
    expect(governor.handle(battery(0.9), 4).reason).toBe('battery');
  });

  test('GOV-3 a low battery holds everything back, whatever was chosen, without flickering', () => {
    const governor = new Governor(2, 4);
    governor.handle(battery(0.5), 0);
    expect(governor.handle(battery(0.19), 1)).toEqual({ threads: 0, reason: 'battery-low' });
    expect(governor.handle(battery(0.21), 2).reason).toBe('battery-low');
    expect(governor.handle(battery(0.26), 3).threads).toBe(2);
    governor.handle(battery(0.1), 4);
    expect(governor.handle({ type: 'power', power: { onBattery: false, level: 0.1 } }, 5)).toEqual({
      threads: 2,
      reason: null,
    });
  });
});

describe('pressure', () => {
  test('GOV-4 a small part gives way while others need the device, and comes back when that is over', () => {
    const governor = new Governor(1, 4);
    expect(governor.handle({ type: 'pressure', pressure: 'critical' }, 0)).toEqual({
      threads: 0,
      reason: 'pressure',
    });
    expect(governor.handle({ type: 'pressure', pressure: 'fair' }, 4_000).threads).toBe(0);
    expect(governor.wakeAt()).toBe(10_000);
    expect(governor.handle({ type: 'tick' }, 10_000).threads).toBe(1);
  });

  test('GOV-4 whoever gives most of the device is not stopped by its own pressure', () => {
    const governor = new Governor(3, 4);
    expect(governor.handle({ type: 'pressure', pressure: 'critical' }, 0).threads).toBe(3);
  });
});
