import { spawnSync } from 'node:child_process';
import { BROWSER_NAMES, type BrowserName, isInstalled } from './browsers.ts';
import { runTool } from './tools.ts';

const DEBIAN_PACKAGES: Record<BrowserName, string> = {
  chromium: 'chromium',
  firefox: 'firefox-esr',
};

/**
 * Sees to it that Chromium and Firefox are there: with the system's packages where this process
 * may install them, otherwise with Playwright's downloads. Does nothing when both are installed.
 *
 * @throws Error when a browser is still missing afterwards
 */
export function installMissingBrowsers(): void {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && hasAptGet()) installFromDebian(missingBrowsers());
  installFromPlaywright(missingBrowsers(), isRoot);

  const missing = missingBrowsers();
  if (missing.length === 0) return;
  throw new Error(
    `Could not install ${missing.join(' and ')}. Install them by hand, ` +
      'or set MANYHANDS_CHROMIUM and MANYHANDS_FIREFOX to the paths of installed ones.',
  );
}

function missingBrowsers(): BrowserName[] {
  return BROWSER_NAMES.filter((name) => !isInstalled(name));
}

function hasAptGet(): boolean {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Failure is not an error here: other distributions with apt-get lack these two packages. */
function installFromDebian(names: BrowserName[]): void {
  if (names.length === 0) return;
  console.log(`Installing ${names.join(' and ')} with apt-get`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  runTool('apt-get', ['update'], { env });
  runTool('apt-get', ['install', '--yes', ...names.map((name) => DEBIAN_PACKAGES[name])], { env });
}

function installFromPlaywright(names: BrowserName[], isRoot: boolean): void {
  if (names.length === 0) return;
  console.log(`Downloading ${names.join(' and ')} with Playwright`);
  // The libraries that the browsers need can be installed by root only.
  runTool('playwright', ['install', ...(isRoot ? ['--with-deps'] : []), ...names]);
}

if (import.meta.main) installMissingBrowsers();
