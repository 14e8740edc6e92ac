import { expect, test } from 'vitest';
import { defaultThreads, readSettings } from './settings.ts';

test('WEB-19 all threads but one are offered, and at least one', () => {
  expect([1, 2, 4, 16].map(defaultThreads)).toEqual([1, 1, 3, 15]);
});

test('WEB-19 settings of an earlier visit hold within what the device has now', () => {
  const kept = JSON.stringify({ threads: 6, projects: ['maths'] });
  expect(readSettings(kept, 8)).toEqual({ threads: 6, projects: ['maths'] });
  expect(readSettings(kept, 4).threads).toBe(4);
});

test.each(['', 'null', '{', '{"threads":0,"projects":null}', '{"threads":2,"projects":[7]}'])(
  'WEB-19 what is not settings is forgotten: %s',
  (kept) => {
    expect(readSettings(kept, 4)).toEqual({ threads: 3, projects: null });
  },
);
