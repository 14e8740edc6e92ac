/** How many checks or tests of one section passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/** The part of Vitest's JSON report that is counted. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
}

/** The part of Playwright's JSON report that is counted. */
export interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
}

/** Counts a command with no tests of its own as one check. */
export function tallyOfCommand(exitCode: number): Tally {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Counts the tests of a Vitest run.
 *
 * @param report undefined when the run ended before it could write one
 */
export function tallyOfVitest(report: VitestReport | undefined, exitCode: number): Tally {
  if (!report) return tallyOfCommand(exitCode);
  return atLeastOneFailure(report.numPassedTests, report.numFailedTests, exitCode);
}

/**
 * Counts the tests of a Playwright run; a flaky one, which passed when tried again, counts as passed
 * and is named in Playwright's own report.
 *
 * @param report undefined when the run ended before it could write one
 */
export function tallyOfPlaywright(report: PlaywrightReport | undefined, exitCode: number): Tally {
  if (!report) return tallyOfCommand(exitCode);
  const { expected, unexpected, flaky } = report.stats;
  return atLeastOneFailure(expected + flaky, unexpected, exitCode);
}

/** Adds up the sections of a run. */
export function total(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** A run can fail with no failed test: a file that does not load, or no tests at all. */
function atLeastOneFailure(passed: number, failed: number, exitCode: number): Tally {
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}
