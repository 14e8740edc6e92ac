import { expect, test } from 'vitest';
import { DEFAULT_DATA_SETTINGS } from '../../worker/swarm/swarm-view.ts';
import { mebibytes, megabytes } from './data/amounts.ts';
import { defaultThreads, readSettings } from './settings.ts';

test('WEB-19 all threads but one are offered, and at least one', () => {
  expect([1, 2, 4, 16].map(defaultThreads)).toEqual([1, 1, 3, 15]);
});

test('WEB-19 settings of an earlier visit hold within what the device has now', () => {
  const data = { peers: false, cacheMiB: 2000, capMiB: 500 };
  const kept = JSON.stringify({ threads: 6, projects: ['maths'], data });
  expect(readSettings(kept, 8)).toEqual({ threads: 6, projects: ['maths'], data });
  expect(readSettings(kept, 4).threads).toBe(4);
});

test.each(['', 'null', '{', '{"threads":0,"projects":null}', '{"threads":2,"projects":[7]}'])(
  'WEB-19 what is not settings is forgotten: %s',
  (kept) => {
    expect(readSettings(kept, 4)).toEqual({
      threads: 3,
      projects: null,
      data: DEFAULT_DATA_SETTINGS,
    });
  },
);

test.each([
  ['none at all', {}],
  ['no choice', { data: { peers: 'maybe', cacheMiB: 1000, capMiB: null } }],
  ['a cache that holds nothing', { data: { peers: false, cacheMiB: 0, capMiB: null } }],
  ['a cap that is no number', { data: { peers: false, cacheMiB: 1000, capMiB: 'lots' } }],
  ['a cap below every program', { data: { peers: false, cacheMiB: 1000, capMiB: 1 } }],
])('WEB-41 settings of an earlier visit with %s for data keep the rest', (_, given) => {
  const kept = JSON.stringify({ threads: 2, projects: ['maths'], ...given });
  expect(readSettings(kept, 8)).toEqual({
    threads: 2,
    projects: ['maths'],
    data: DEFAULT_DATA_SETTINGS,
  });
});

test('WEB-41 amounts that were chosen in MB survive being kept', () => {
  const data = { peers: true, cacheMiB: mebibytes(250), capMiB: mebibytes(1_234) };
  const kept = JSON.stringify({ threads: 1, projects: null, data });
  const read = readSettings(kept, 4).data;
  expect([megabytes(read.cacheMiB), megabytes(read.capMiB ?? 0)]).toEqual([250, 1_234]);
});
