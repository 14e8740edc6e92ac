import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCoordinator } from './test-coordinator.ts';

const coordinator = new TestCoordinator();
beforeAll(() => coordinator.start());
afterAll(() => coordinator.destroy());

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, unknown> }>
  >;
  components: { schemas: Record<string, unknown> };
}

test('API-70 the OpenAPI document names every route once, with its errors by status', async () => {
  const { body } = await coordinator.get<Document>('/v1/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  const operations = Object.values(body.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(18);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(Object.keys(body.paths['/v1/jobs'].post.responses)).toEqual(
    expect.arrayContaining(['201', '401', '409', '422', '429', '507']),
  );
});

test('API-70 every reference in the OpenAPI document leads somewhere', async () => {
  const { body } = await coordinator.get<Document>('/v1/openapi.json');
  const references = JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  const names = new Set([...references].map(([, name]) => name));
  expect(names.size).toBeGreaterThan(5);
  for (const name of names) expect(body.components.schemas).toHaveProperty(name.split('/'));
  expect(body.components.schemas).toHaveProperty('JobSpec.properties.inputs');
});
