import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installMissingBrowsers } from './install-browsers.ts';
import { type Tally, tallyOfCommand, tallyOfPlaywright, tallyOfVitest, total } from './tally.ts';
import { runTool } from './tools.ts';

/** Vitest and Playwright leave their counts here for the last line. */
const reports = mkdtempSync(join(tmpdir(), 'manyhands-test-'));

/** From the quickest to the slowest; the first that fails ends the run. */
const sections: readonly { title: string; run: () => Tally }[] = [
  { title: 'Format and lint', run: formatAndLint },
  { title: 'Import directions', run: () => command('node', ['scripts/check-imports.ts']) },
  { title: 'Types', run: () => command('tsc', ['--project', '.']) },
  { title: 'Unused code', run: () => command('knip', []) },
  { title: 'Unit, contract and simulation tests', run: unitTests },
  { title: 'Build of the pages', run: () => command('node', ['scripts/build-web.ts']) },
  { title: 'Bundle sizes', run: () => command('size-limit', []) },
  { title: 'Browsers', run: browsers },
  { title: 'End to end in Chromium and Firefox', run: endToEndTests },
];

function command(name: string, args: string[]): Tally {
  return tallyOfCommand(runTool(name, args));
}

function formatAndLint(): Tally {
  // Biome's colours would fill a log file with escape codes.
  return command('biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']);
}

function unitTests(): Tally {
  const report = join(reports, 'vitest.json');
  const code = runTool('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  return tallyOfVitest(readReport(report), code);
}

function browsers(): Tally {
  try {
    installMissingBrowsers();
    return tallyOfCommand(0);
  } catch (error) {
    console.error(error);
    return tallyOfCommand(1);
  }
}

function endToEndTests(): Tally {
  const report = join(reports, 'playwright.json');
  const code = runTool('playwright', ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return tallyOfPlaywright(readReport(report), code);
}

function readReport<Report>(path: string): Report | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

const tallies: Tally[] = [];
for (const [index, { title, run }] of sections.entries()) {
  console.log(`\n=== ${index + 1}/${sections.length} ${title} ===`);
  const tally = run();
  tallies.push(tally);
  if (tally.failed > 0) {
    console.log(`\nFailed: ${title}`);
    process.exitCode = 1;
    break;
  }
}
rmSync(reports, { recursive: true });

const { passed, failed } = total(tallies);
console.log(`\n${passed} passed, ${failed} failed`);
