import { describe, expect, test } from 'vitest';
import {
  countOf,
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
} from './format.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('WEB-15 figures are rounded to what a person can use', () => {
  test('durations have their two largest units, and never "60 min"', () => {
    expect([0, 0.2, 420, 1500, 42_300].map(formatDuration)).toEqual([
      '0 sec',
      '<1 ms',
      '420 ms',
      '1.5 sec',
      '42 sec',
    ]);
    expect(formatDuration(2 * MINUTE + 5_000)).toBe('2 min 5 sec');
    expect(formatDuration(2 * HOUR - 1)).toBe('2 hr');
    expect(formatDuration(3 * DAY + 4 * HOUR)).toBe('3 days 4 hr');
    expect(formatDuration(800 * DAY)).toBe('2.2 yrs');
  });

  test('shares are never all before all, and never nothing after something', () => {
    expect([0, 1e-9, 0.5, 0.99999, 1].map(formatShare)).toEqual([
      '0%',
      '<0.1%',
      '50%',
      '99.9%',
      '100%',
    ]);
  });

  test('counts, sizes, rates', () => {
    expect([formatCount(1234567), formatCount(9.1e15)]).toEqual(['1,234,567', '9100T']);
    expect([countOf(1, 'shard', 'shards'), countOf(0, 'shard', 'shards')]).toEqual([
      '1 shard',
      '0 shards',
    ]);
    expect([formatBytes(0), formatBytes(999), formatBytes(1_234_567)]).toEqual([
      '0 bytes',
      '999 bytes',
      '1.23 MB',
    ]);
    expect(formatRate(0.1)).toEqual({ value: '6', unit: 'minute' });
    expect(formatRate(12.345)).toEqual({ value: '12.3', unit: 'second' });
  });

  test('ages', () => {
    expect([0, -9_000, -30_000, -90 * MINUTE, 2 * DAY].map((past) => formatAge(past, 0))).toEqual([
      'now',
      'now',
      '30 seconds ago',
      '1 hour ago',
      'in 2 days',
    ]);
  });
});
