import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job, RequesterCreated } from '../../shared/api/schemas.ts';
import { createDownloadKey, isDownloadKey } from './download-key.ts';
import { type ErrorAnswer, TestCoordinator } from './test-coordinator.ts';

const coordinator = new TestCoordinator(['--requests-per-second', '40']);
beforeAll(() => coordinator.start());
afterAll(() => coordinator.destroy());

test('API-20 a missing or wrong token is refused with what to do', async () => {
  const without = await fetch(`${coordinator.url}/v1/me`);
  expect(without.status).toBe(401);
  expect(without.headers.get('www-authenticate')).toBe('Bearer');
  expect(((await without.json()) as ErrorAnswer).error.code).toBe('TOKEN_MISSING');
  const wrong = await coordinator.get<ErrorAnswer>('/v1/me', 'mh_wrong');
  expect(wrong.status).toBe(401);
  expect(wrong.body.error.code).toBe('TOKEN_UNKNOWN');
});

test('API-21 an administrator makes requesters, who see their own jobs only', async () => {
  const ada = await coordinator.post<RequesterCreated>('/v1/requesters', { name: 'Ada' });
  expect(ada.status).toBe(201);
  const { token } = ada.body;
  expect(await coordinator.get('/v1/me', token)).toMatchObject({
    body: { name: 'Ada', admin: false },
  });
  const job = await coordinator.job();
  expect((await coordinator.get<ErrorAnswer>(`/v1/jobs/${job.id}`, token)).status).toBe(404);
  expect((await coordinator.get<{ jobs: Job[] }>('/v1/jobs', token)).body.jobs).toEqual([]);
  const asAda = await coordinator.post<ErrorAnswer>(
    '/v1/requesters',
    { name: 'Eve' },
    { Authorization: `Bearer ${token}` },
  );
  expect(asAda.status).toBe(403);
  expect(asAda.body.error.code).toBe('ADMIN_ONLY');
});

test('API-22 a download key opens the reading routes of its own job, until it expires', async () => {
  const job = await coordinator.job();
  const other = await coordinator.job({ name: 'Other' });
  const { body } = await coordinator.post<{ key: string }>(`/v1/jobs/${job.id}/download-key`, {});
  const plain = (path: string, method = 'GET') =>
    fetch(`${coordinator.url}${path}?key=${body.key}`, { method });
  expect((await plain(`/v1/jobs/${job.id}/results.csv`)).status).toBe(200);
  expect((await plain(`/v1/jobs/${other.id}/results.csv`)).status).toBe(401);
  expect((await plain(`/v1/jobs/${job.id}/cancel`, 'POST')).status).toBe(401);
  expect((await plain('/v1/jobs')).status).toBe(401);

  const secret = new Uint8Array(32);
  const { key, expiresAt } = createDownloadKey(secret, 'a', 1000);
  expect(isDownloadKey(secret, 'a', key, expiresAt - 1)).toBe(true);
  expect(isDownloadKey(secret, 'a', key, expiresAt)).toBe(false);
  expect(isDownloadKey(secret, 'a', key.replace(/^\w/, 'z'), 1000)).toBe(false);
  expect(isDownloadKey(secret, 'a', 'x', 1000)).toBe(false);
});

test('API-23 addresses and methods that there are not get coded answers', async () => {
  const nowhere = await coordinator.get<ErrorAnswer>('/v1/nowhere');
  expect(nowhere.status).toBe(404);
  expect(nowhere.body.error.code).toBe('NOT_FOUND');
  const response = await coordinator.fetch('/v1/me', { method: 'DELETE' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET');
  expect(((await response.json()) as ErrorAnswer).error.code).toBe('METHOD_NOT_ALLOWED');
});

test('API-24 pages of other sites may read what is public, and nothing else', async () => {
  const from = (path: string, init: RequestInit = {}) =>
    fetch(coordinator.url + path, { ...init, headers: { Origin: 'https://elsewhere.example' } });
  expect((await from('/v1/status')).headers.get('access-control-allow-origin')).toBe('*');
  expect((await from('/v1/me')).headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await from('/v1/jobs', { method: 'OPTIONS' });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

test('API-24 pages of a configured origin may use the API with a token', async () => {
  const open = await new TestCoordinator(['--cors-origins', 'https://lab.example']).start();
  try {
    const preflight = await fetch(`${open.url}/v1/jobs`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://lab.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://lab.example');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  } finally {
    await open.destroy();
  }
});

test('API-25 whoever asks too fast is told how long to wait, and others are not held up', async () => {
  const tired = await coordinator.post<RequesterCreated>('/v1/requesters', { name: 'Fast' });
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async () => {
      const { status, headers } = await coordinator.get('/v1/me', tired.body.token);
      return { status, retryAfter: headers.get('retry-after') };
    }),
  );
  const limited = statuses.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited[0].retryAfter).toBe('1');
  expect((await coordinator.get('/v1/me')).status).toBe(200);
});

test('API-26 every answer of the API forbids sniffing and caching of what is private', async () => {
  const { headers } = await coordinator.get('/v1/jobs');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('API-27 projects are made once and shown to everybody with their running jobs', async () => {
  const project = { id: 'proteins', name: 'Proteins', purpose: 'Fold them.' };
  expect((await coordinator.post('/v1/projects', project)).status).toBe(201);
  const again = await coordinator.post<ErrorAnswer>('/v1/projects', project);
  expect(again.status).toBe(409);
  expect(again.body.error.code).toBe('PROJECT_EXISTS');
  await coordinator.job({ project: 'proteins' });
  const { body } = await coordinator.get<{ projects: unknown[] }>('/v1/status');
  expect(body.projects).toContainEqual({ ...project, activeJobs: 1 });
});
