import * as z from 'zod/mini';
import { Config } from './config.ts';

/** One setting under its three names, as its schema describes it. */
export interface Setting {
  /** In the config file. */
  key: keyof Config;
  /** Without its two hyphens. */
  flag: string;
  /** In the environment. */
  variable: string;
  type: 'string' | 'integer' | 'array';
  description: string;
  /** As one would write it on the command line; null where there is none. */
  fallback: string | null;
}

interface PropertySchema {
  type: Setting['type'];
  description: string;
  default?: unknown;
}

/** Every setting, in the order of the schema. */
export const settings: readonly Setting[] = readSettings();

function readSettings(): Setting[] {
  const { properties } = z.toJSONSchema(Config, { io: 'input' });
  return Object.entries(properties as Record<string, PropertySchema>).map(([key, property]) => ({
    key: key as keyof Config,
    flag: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    variable: `MANYHANDS_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    type: property.type,
    description: property.description,
    fallback: property.default === undefined ? null : String(property.default),
  }));
}

const VALUE_NAMES = { string: 'TEXT', integer: 'N', array: 'A,B' } as const;

/** The text of `--help`. */
export function helpText(): string {
  const rows: [string, string][] = settings.map((setting) => [
    `--${setting.flag} ${VALUE_NAMES[setting.type]}`,
    setting.description + (setting.fallback ? ` (default: ${setting.fallback})` : ''),
  ]);
  rows.push(
    ['--config FILE', 'JSON file with settings, named as the flags but in camelCase'],
    ['--new-token NAME', 'create a requester, print its API token and end'],
    ['--json', 'print one JSON object a line, for scripts'],
    ['-h, --help', 'print this text and end'],
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'Manyhands coordinator: takes jobs, has volunteers compute them, keeps the results.',
    '',
    'Usage: npm start -- [settings]',
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Each setting can also be given in the environment (MANYHANDS_PORT, MANYHANDS_MAX_BLOB_BYTES)',
    'or in the config file. Flags win over the environment, the environment over the file.',
    '',
  ].join('\n');
}
