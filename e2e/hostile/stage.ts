import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';
import { buildSandboxPage, SANDBOX_WORKER } from '../../scripts/sandbox-page.ts';
import { type Site, serveFiles } from '../serve-files.ts';

const PAGE_POLICY = "default-src 'self'; frame-src 'self'";
const PAGE = '<!doctype html><title>Stage</title><body><script src="/page.js"></script>';

/**
 * A site with a page that runs sandboxes, served as the coordinator serves them.
 * @param workerEntry a module to start the sandboxed worker with instead of the real one
 */
export async function startStage(workerEntry = SANDBOX_WORKER): Promise<Site> {
  const [sandbox, script] = await Promise.all([
    buildSandboxPage(workerEntry),
    bundle(local('page.ts'), 'stage'),
  ]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(sandbox)?.[1];
  const files = new Map([
    ['/', { type: 'text/html', body: PAGE, policy: PAGE_POLICY }],
    ['/page.js', { type: 'text/javascript', body: script, policy: PAGE_POLICY }],
    [
      '/sandbox.html',
      { type: 'text/html', body: sandbox, policy: `${policy}; sandbox allow-scripts` },
    ],
  ]);
  return serveFiles(files);
}

function local(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
