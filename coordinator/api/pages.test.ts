import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ErrorAnswer, TestCoordinator } from './test-coordinator.ts';

const SCRIPT = 'parent.postMessage("hello", "*")';
const web = mkdtempSync(join(tmpdir(), 'manyhands-web-'));
const coordinator = new TestCoordinator(['--web', web]);

beforeAll(async () => {
  const app = 'console.log("app")';
  mkdirSync(join(web, 'assets'));
  mkdirSync(join(web, '.vite'));
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>app</title>');
  writeFileSync(join(web, 'sandbox.html'), `<!doctype html><script>${SCRIPT}</script>`);
  writeFileSync(join(web, 'assets/app-1a2b.js'), app);
  writeFileSync(join(web, 'assets/app-1a2b.js.br'), brotliCompressSync(app));
  writeFileSync(join(web, 'assets/app-1a2b.js.gz'), gzipSync(app));
  writeFileSync(join(web, '.vite/manifest.json'), '{}');
  await coordinator.start();
});
afterAll(async () => {
  await coordinator.destroy();
  rmSync(web, { recursive: true });
});

const page = (path: string, headers: Record<string, string> = {}) =>
  fetch(coordinator.url + path, { headers });

test.each(['/', '/request', '/jobs/abc123', '/account'])(
  'API-60 the app is at %s, under a policy that runs no script but its own files',
  async (path) => {
    const response = await page(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>app</title>');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("frame-src 'self'");
    expect(policy).toContain(`connect-src 'self' ${coordinator.url.replace('http', 'ws')}`);
    expect(policy).not.toContain("'unsafe-eval'");
  },
);

test('API-61 hashed files are kept for ever and sent in the best encoding that is accepted', async () => {
  const path = '/assets/app-1a2b.js';
  for (const [accepted, encoding] of [
    ['gzip, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const response = await page(path, { 'Accept-Encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('vary')).toContain('Accept-Encoding');
    expect(await response.text()).toBe('console.log("app")');
  }
});

test('API-61 pages are asked for again each time, and not sent again where they are the same', async () => {
  const first = await page('/');
  expect(first.headers.get('cache-control')).toBe('no-cache');
  const again = await page('/', { 'If-None-Match': first.headers.get('etag') ?? '' });
  expect(again.status).toBe(304);
});

test.each(['/missing.js', '/.vite/manifest.json', '/..%2f..%2fetc%2fhosts.txt', '/%zz.js'])(
  'API-62 %s is not there',
  async (path) => {
    const response = await page(path);
    expect(response.status).toBe(404);
    expect(((await response.json()) as ErrorAnswer).error.code).toBe('NOT_FOUND');
  },
);

test('API-63 the sandbox page may run its own script and data: workers, and nothing else', async () => {
  const response = await page('/sandbox.html');
  expect(response.headers.get('content-security-policy')).toBe(
    `default-src 'none'; script-src 'sha256-${hash('sha256', SCRIPT, 'base64')}' 'wasm-unsafe-eval'; ` +
      'worker-src data:; sandbox allow-scripts',
  );
  expect(await response.text()).toContain(SCRIPT);
});

test('API-64 without built pages the API works and a page says how to build them', async () => {
  const bare = await new TestCoordinator(['--web', join(web, 'nowhere')]).start();
  try {
    const response = await fetch(`${bare.url}/`);
    expect(response.status).toBe(404);
    expect(((await response.json()) as ErrorAnswer).error.code).toBe('PAGES_NOT_BUILT');
    expect((await bare.get('/v1/status')).status).toBe(200);
  } finally {
    await bare.destroy();
  }
});
