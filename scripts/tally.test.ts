import { expect, test } from 'vitest';
import { tallyOfCommand, tallyOfPlaywright, tallyOfVitest, total } from './tally.ts';

test('a command is one check', () => {
  expect(tallyOfCommand(0)).toEqual({ passed: 1, failed: 0 });
  expect(tallyOfCommand(2)).toEqual({ passed: 0, failed: 1 });
});

test('Vitest: counts tests, and a run that fails with none failed as one failure', () => {
  expect(tallyOfVitest({ numPassedTests: 7, numFailedTests: 0 }, 0)).toEqual({
    passed: 7,
    failed: 0,
  });
  expect(tallyOfVitest({ numPassedTests: 5, numFailedTests: 2 }, 1)).toEqual({
    passed: 5,
    failed: 2,
  });
  expect(tallyOfVitest({ numPassedTests: 5, numFailedTests: 0 }, 1)).toEqual({
    passed: 5,
    failed: 1,
  });
  expect(tallyOfVitest(undefined, 1)).toEqual({ passed: 0, failed: 1 });
});

test('Playwright: a flaky test has passed', () => {
  const stats = { expected: 4, unexpected: 1, flaky: 2 };
  expect(tallyOfPlaywright({ stats }, 1)).toEqual({ passed: 6, failed: 1 });
  expect(tallyOfPlaywright({ stats: { expected: 0, unexpected: 0, flaky: 0 } }, 1)).toEqual({
    passed: 0,
    failed: 1,
  });
});

test('a total adds both columns', () => {
  expect(
    total([
      { passed: 1, failed: 0 },
      { passed: 40, failed: 2 },
    ]),
  ).toEqual({ passed: 41, failed: 2 });
});
