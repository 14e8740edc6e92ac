import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { bundle } from './bundle.ts';
import { repositoryRoot } from './repository.ts';

/** Where the page is served; the coordinator gives it a policy of its own there. */
const FILE_NAME = 'sandbox.html';

/** The module that the real sandboxed worker starts with. */
export const SANDBOX_WORKER = join(repositoryRoot, 'worker/sandbox/worker-main.ts');

/** Vite plugin: adds the sandbox page, complete in one file, to the built pages. */
export function sandboxPage(): Plugin {
  return {
    name: 'manyhands:sandbox',
    apply: 'build',
    async generateBundle() {
      const source = await buildSandboxPage(SANDBOX_WORKER);
      this.emitFile({ type: 'asset', fileName: FILE_NAME, source });
    },
  };
}

/**
 * The sandbox page: one inline script, which holds the boot script and the worker's source as text.
 * @param workerEntry absolute path of the module whose default export starts the worker
 */
export async function buildSandboxPage(workerEntry: string): Promise<string> {
  const [boot, worker] = await Promise.all([
    bundle(join(repositoryRoot, 'worker/sandbox/boot.ts'), 'manyhandsBoot'),
    bundle(workerEntry, 'manyhandsWorker'),
  ]);
  // Strict for the program at its end, too. In an HTML script no text may look like its end tag.
  const workerText = JSON.stringify(`"use strict";${worker}`).replaceAll('<', '\\u003c');
  const script = `${boot}\nmanyhandsBoot(${workerText});`;
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(script)}">
<title>Sandbox</title>
<script>${script}</script>
`;
}

/** What the page and the worker in it may do: run this one script, and compile WASM. */
function policyOf(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src data:`;
}
