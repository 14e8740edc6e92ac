import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';
import { Simulation } from './simulation.ts';
import { Timeline } from './timeline.ts';

describe('simulation', () => {
  test.each([
    { seed: 1, nodes: 30, hours: 0.2, liars: 0.33 },
    { seed: 2, nodes: 60, hours: 0.1, liars: 0.33 },
    { seed: 3, nodes: 20, hours: 0.3, liars: 0 },
  ])('SIM-1 SIM-2 every promise is kept with seed $seed', (options) => {
    const { shards, done, failed, wrong } = new Simulation(options).run();
    expect(done + failed).toBe(shards);
    if (options.liars === 0) expect(wrong).toBe(0);
  });

  test('SIM-3 the same seed gives the same history', () => {
    const options = { seed: 7, nodes: 8, hours: 0.05, liars: 0.3 };
    expect(new Simulation(options).run()).toEqual(new Simulation(options).run());
  });
});

describe('virtual time', () => {
  test('SIM-3 what is planned for one moment happens in the order of planning', () => {
    const timeline = new Timeline(0);
    const seen: string[] = [];
    const random = new Random(4);
    for (let i = 0; i < 200; i++) {
      const at = random.below(20);
      timeline.at(at, () =>
        seen.push(`${String(at).padStart(2, '0')} ${String(i).padStart(3, '0')}`),
      );
    }
    while (timeline.step(100)) expect(timeline.now).toBeLessThan(20);
    expect(seen).toHaveLength(200);
    expect(seen).toEqual([...seen].sort());
  });
});
