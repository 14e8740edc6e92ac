import { expect, test } from 'vitest';
import { ManyhandsError } from '../../shared/errors.ts';
import { parseCommandLine } from './command-line.ts';
import { helpText, settings } from './settings.ts';

function parse(argv: string[], env: Record<string, string> = {}, file?: string) {
  return parseCommandLine(argv, {
    env,
    readFile: () => {
      if (file === undefined) throw new Error('no such file');
      return file;
    },
  });
}

function refusal(run: () => unknown): ManyhandsError {
  try {
    run();
  } catch (error) {
    if (error instanceof ManyhandsError) return error;
  }
  throw new Error('was not refused');
}

test('API-1 flags win over the environment, the environment over the file, the file over defaults', () => {
  const file = JSON.stringify({ port: 1, host: 'file', maxUploads: 3 });
  const { config } = parse(
    ['--port', '3', '--config', 'x.json'],
    { MANYHANDS_PORT: '2', MANYHANDS_HOST: 'environment' },
    file,
  );
  expect(config).toMatchObject({ port: 3, host: 'environment', maxUploads: 3, data: 'data' });
});

test('API-1 sizes take units and lists take commas', () => {
  const { config } = parse([
    '--max-blob-bytes',
    '2 GiB',
    '--cors-origins',
    'https://a.org, https://b.org',
  ]);
  expect(config.maxBlobBytes).toBe(2 * 1024 ** 3);
  expect(config.corsOrigins).toEqual(['https://a.org', 'https://b.org']);
});

test('API-1 data moves between contributors at no bound and without servers of others, unless set', () => {
  expect(parse([]).config).toMatchObject({ swarm: 'on', iceServers: [], seedBytesPerSecond: 0 });
  const argv = ['--swarm', 'off', '--seed-bytes-per-second', '2MiB'];
  expect(parse([...argv, '--ice-servers', 'stun:a.org,stun:b.org']).config).toMatchObject({
    swarm: 'off',
    iceServers: ['stun:a.org', 'stun:b.org'],
    seedBytesPerSecond: 2 * 1024 ** 2,
  });
});

test('API-2 an unknown flag is refused with a code', () => {
  expect(refusal(() => parse(['--prot', '80'])).code).toBe('CONFIG_UNKNOWN_FLAG');
  expect(refusal(() => parse(['--port'])).code).toBe('CONFIG_UNKNOWN_FLAG');
  expect(refusal(() => parse(['stray'])).code).toBe('CONFIG_UNKNOWN_FLAG');
});

test.each([
  [['--port', 'eighty']],
  [['--port', '70000']],
  [['--log-level', 'loud']],
  [['--trusted-proxies', 'nginx']],
  [['--admin-token', 'short']],
  [['--tls-cert', 'a.pem']],
  [['--swarm', 'perhaps']],
  [['--ice-servers', 'stun.example.org']],
  [['--seed-bytes-per-second', '2 Mbit']],
])('API-2 a setting that cannot be used is refused with its path: %s', (argv) => {
  const error = refusal(() => parse(argv));
  expect(error.code).toBe('CONFIG_INVALID');
  expect(error.facts.path).not.toBe('');
});

test('API-2 a config file with an unknown key, that is no object, or not there is refused', () => {
  expect(refusal(() => parse(['--config', 'x'], {}, '{"prot": 1}')).code).toBe('CONFIG_INVALID');
  expect(refusal(() => parse(['--config', 'x'], {}, '[]')).code).toBe('CONFIG_FILE_UNREADABLE');
  expect(refusal(() => parse(['--config', 'x'], {}, '{')).code).toBe('CONFIG_FILE_UNREADABLE');
  expect(refusal(() => parse(['--config', 'x'])).code).toBe('CONFIG_FILE_UNREADABLE');
});

test('API-3 the help text names every setting', () => {
  const help = helpText();
  for (const { flag, description } of settings) {
    expect(help).toContain(`--${flag} `);
    expect(help).toContain(description);
  }
});
