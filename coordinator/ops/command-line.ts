import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { ManyhandsError } from '../../shared/errors.ts';
import { Config } from './config.ts';
import { type Setting, settings } from './settings.ts';

/** What one start was asked to do. */
export interface CommandLine {
  config: Config;
  /** Print the help text and end. */
  help: boolean;
  /** Machine-readable output: one JSON object a line. */
  json: boolean;
  /** Create a requester of this name, print its token and end. */
  newToken: string | null;
}

/** Where settings come from besides the flags; handed in so that tests need no real ones. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  readFile(path: string): string;
}

const PROCESS: Surroundings = { env: process.env, readFile: (path) => readFileSync(path, 'utf8') };

/**
 * Configuration from flags, then environment, then config file, then defaults: the first that has
 * a setting wins.
 * @throws ManyhandsError `CONFIG_UNKNOWN_FLAG`, `CONFIG_INVALID`, `CONFIG_FILE_UNREADABLE`
 */
export function parseCommandLine(
  argv: readonly string[],
  { env, readFile }: Surroundings = PROCESS,
): CommandLine {
  const flags = parseFlags(argv);
  const { help = false, json = false, config: file = env.MANYHANDS_CONFIG } = flags;
  const newToken = flags['new-token'] ?? null;
  const values: Record<string, unknown> =
    typeof file === 'string' ? readConfigFile(file, readFile) : {};
  for (const setting of settings) {
    const text = flags[setting.flag] ?? env[setting.variable];
    if (typeof text === 'string') values[setting.key] = fromText(text, setting);
  }
  return {
    config: checkConfig(values),
    help: help === true,
    json: json === true,
    newToken: typeof newToken === 'string' ? newToken : null,
  };
}

function parseFlags(argv: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    settings.map(({ flag }) => [flag, { type: 'string' } as const]),
  );
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...options,
        config: { type: 'string' },
        'new-token': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      strict: true,
      allowPositionals: false,
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ManyhandsError(
      'CONFIG_UNKNOWN_FLAG',
      `${reason.split('. ')[0]}. See --help for the flags there are.`,
    );
  }
}

function readConfigFile(path: string, readFile: (path: string) => string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFile(path));
  } catch (error) {
    throw new ManyhandsError(
      'CONFIG_FILE_UNREADABLE',
      `The config file ${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}`,
      { path },
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ManyhandsError(
    'CONFIG_FILE_UNREADABLE',
    `The config file ${path} must hold one JSON object.`,
    {
      path,
    },
  );
}

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** The value of a setting written as text; what cannot be one stays text, for the schema to refuse. */
function fromText(text: string, { type }: Setting): unknown {
  if (type === 'array')
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (type !== 'integer') return text;
  const [, digits, unit] = /^(\d+)\s*(KiB|MiB|GiB)?$/.exec(text.trim()) ?? [];
  return digits === undefined ? text : Number(digits) * (unit ? UNITS[unit] : 1);
}

function checkConfig(values: Record<string, unknown>): Config {
  const parsed = Config.safeParse(values, { error: z.locales.en().localeError });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue.path.join('.');
    throw new ManyhandsError(
      'CONFIG_INVALID',
      `The setting ${path === '' ? 'in the config file' : path} cannot be used: ${issue.message}. See --help.`,
      { path },
    );
  }
  const { tlsCert, tlsKey } = parsed.data;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new ManyhandsError(
      'CONFIG_INVALID',
      'TLS needs both files: set tls-cert and tls-key, or neither.',
      { path: tlsCert === undefined ? 'tlsCert' : 'tlsKey' },
    );
  return parsed.data;
}
