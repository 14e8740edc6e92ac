import { expect, test } from 'vitest';
import { parseBytes, parseBytesFrom, parseCount, parseDuration } from './numbers.ts';

test('CLI-2 sizes take decimal and binary units', () => {
  expect([parseBytes('4096'), parseBytes('1.5 MB'), parseBytes('64MiB')]).toEqual([
    4096, 1_500_000, 67_108_864,
  ]);
});

test('CLI-2 sizes may have a least amount', () => {
  expect(parseBytesFrom('100MB')('100 MB')).toBe(100_000_000);
  expect(() => parseBytesFrom('100MB')('99MB')).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: '"99MB" is less than 100MB.' }),
  );
});

test('CLI-2 times take ms, s, m and h', () => {
  expect([
    parseDuration('500ms'),
    parseDuration('10s'),
    parseDuration('2m'),
    parseDuration('1h'),
  ]).toEqual([500, 10_000, 120_000, 3_600_000]);
});

test.each(['', 'x', '5 parsecs', '-1s'])('CLI-2 "%s" is no time', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

test('CLI-2 counts are whole and bounded', () => {
  expect(parseCount(1)('7')).toBe(7);
  expect(() => parseCount(1)('0')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  expect(() => parseCount(1)('1.5')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});
