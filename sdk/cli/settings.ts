import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { ManyhandsError } from '../../shared/errors.ts';

const DEFAULT_URL = 'http://127.0.0.1:4870';

const SettingsFile = z.strictObject({
  url: z.optional(z.string()),
  token: z.optional(z.string()),
});

export interface Settings {
  url: string;
  token: string | undefined;
}

/** Where `manyhands login` keeps the address and the token. */
export function settingsPath(): string {
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(base, 'manyhands', 'config.json');
}

/**
 * Address and token: flags first, then MANYHANDS_URL and MANYHANDS_TOKEN, then the settings file.
 * @throws ManyhandsError `SETTINGS_INVALID` where the file is there but not as `login` writes it.
 */
export function readSettings(flags: { url?: string; token?: string }): Settings {
  const kept = readKept();
  return {
    url: flags.url ?? process.env.MANYHANDS_URL ?? kept.url ?? DEFAULT_URL,
    token: flags.token ?? process.env.MANYHANDS_TOKEN ?? kept.token,
  };
}

/** Writes the settings file, readable by its owner alone. */
export function keepSettings(settings: Settings): void {
  const path = settingsPath();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
}

function readKept(): z.infer<typeof SettingsFile> {
  const path = settingsPath();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return z.parse(SettingsFile, JSON.parse(text));
  } catch {
    throw new ManyhandsError(
      'SETTINGS_INVALID',
      `${path} is not as "manyhands login" writes it. Log in again.`,
      { path },
    );
  }
}
