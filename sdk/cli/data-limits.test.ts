import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addDataFlags, dataLimits } from './data-limits.ts';

function limitsOf(...flags: string[]) {
  const command = addDataFlags(new Command()).exitOverride();
  return dataLimits(command.parse(flags, { from: 'user' }).opts());
}

test('CLI-11 a node takes bounds of its cache and of a day in sizes with units', () => {
  expect(limitsOf('--cache', '2GiB', '--data-cap', '512 MiB')).toEqual({
    cacheMiB: 2048,
    capMiB: 512,
  });
});

test('CLI-11 what is left out is for the node to choose', () => {
  expect(limitsOf()).toEqual({});
  expect(limitsOf('--data-cap', '1GiB')).toEqual({ capMiB: 1024 });
});

test.each([
  ['--cache', '99MB'],
  ['--data-cap', '9MB'],
  ['--cache', 'plenty'],
])('CLI-11 %s %s is refused before anything is sent', (...flags) => {
  expect(() => limitsOf(...flags)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});
