import { existsSync } from 'node:fs';
import { chromium, firefox, type LaunchOptions } from '@playwright/test';

/** The two engines that Manyhands is tested in. */
export type BrowserName = 'chromium' | 'firefox';

/** Both engines, in the order in which tests run in them. */
export const BROWSER_NAMES: readonly BrowserName[] = ['chromium', 'firefox'];

interface Browser {
  path: string;
  /** Downloaded by Playwright, and so driven through Playwright's own protocol. */
  managed: boolean;
}

const ENVIRONMENT: Record<BrowserName, string> = {
  chromium: 'MANYHANDS_CHROMIUM',
  firefox: 'MANYHANDS_FIREFOX',
};

// Not /usr/bin/firefox or /usr/bin/chromium-browser: on Ubuntu these are stubs for a snap, which
// cannot read a profile in the temporary folder.
const SYSTEM_PATHS: Record<BrowserName, readonly string[]> = {
  chromium: ['/usr/bin/chromium', '/usr/bin/google-chrome-stable'],
  firefox: ['/usr/bin/firefox-esr', '/usr/lib/firefox/firefox', '/usr/lib64/firefox/firefox'],
};

const MANAGED_PATH: Record<BrowserName, () => string> = {
  chromium: () => chromium.executablePath(),
  firefox: () => firefox.executablePath(),
};

/**
 * Tells whether an engine can be launched on this machine: named by MANYHANDS_CHROMIUM or
 * MANYHANDS_FIREFOX, installed by the system, or downloaded by Playwright.
 *
 * @throws Error when the environment names a file that does not exist
 */
export function isInstalled(name: BrowserName): boolean {
  return find(name) !== undefined;
}

/**
 * Playwright's launch options for Chromium: headless, quiet on the network, and with WebGPU, which
 * is software-rendered where there is no GPU.
 *
 * @param extraArgs further command-line switches
 * @throws Error when no Chromium is installed
 */
export function chromiumLaunch(extraArgs: readonly string[] = []): LaunchOptions {
  const browser = findOrThrow('chromium');
  return {
    // The channel `chromium` picks the whole browser rather than the headless shell, which lacks
    // hidden tabs; a system browser is named by its path alone.
    ...(browser.managed ? { channel: 'chromium' } : { executablePath: browser.path }),
    // Chromium's own sandbox cannot start as root, nor where user namespaces are forbidden.
    chromiumSandbox: false,
    args: [
      '--enable-unsafe-webgpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...extraArgs,
    ],
  };
}

/**
 * Playwright's launch options for Firefox, headless.
 *
 * @throws Error when no Firefox is installed
 */
export function firefoxLaunch(): LaunchOptions {
  const browser = findOrThrow('firefox');
  if (browser.managed) return {};
  // An unpatched Firefox speaks WebDriver BiDi, which Playwright chooses by this channel.
  return { channel: 'moz-firefox', executablePath: browser.path };
}

function find(name: BrowserName): Browser | undefined {
  const managedPath = MANAGED_PATH[name]();
  const named = process.env[ENVIRONMENT[name]];
  if (named) {
    if (existsSync(named)) return { path: named, managed: named === managedPath };
    throw new Error(`${ENVIRONMENT[name]} is ${named}, but there is no such file`);
  }
  const system = SYSTEM_PATHS[name].find((path) => existsSync(path));
  if (system) return { path: system, managed: false };
  return existsSync(managedPath) ? { path: managedPath, managed: true } : undefined;
}

function findOrThrow(name: BrowserName): Browser {
  const browser = find(name);
  if (browser) return browser;
  throw new Error(
    `No ${name} on this machine. Run \`npm run browsers\` to install it, ` +
      `or set ${ENVIRONMENT[name]} to the path of one.`,
  );
}
