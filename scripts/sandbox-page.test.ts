import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildSandboxPage, SANDBOX_WORKER } from './sandbox-page.ts';

test('SBX-1 the sandbox page holds one script, and a policy that lets it run no other', async () => {
  const page = await buildSandboxPage(SANDBOX_WORKER);
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  const hash = createHash('sha256').update(scripts[0][1]).digest('base64');
  expect(page).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src data:"`,
  );
});
