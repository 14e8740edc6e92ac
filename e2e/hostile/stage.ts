import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildSandboxPage, SANDBOX_WORKER } from '../../scripts/sandbox-page.ts';

/** A site with a page that runs sandboxes, served as the coordinator serves them. */
export interface StageSite {
  readonly url: string;
  close(): Promise<void>;
}

/** @param workerEntry a module to start the sandboxed worker with instead of the real one */
export async function startStage(workerEntry = SANDBOX_WORKER): Promise<StageSite> {
  const [sandbox, script] = await Promise.all([buildSandboxPage(workerEntry), pageScript()]);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(sandbox)?.[1];
  const files = new Map([
    ['/', { type: 'text/html', body: PAGE, policy: PAGE_POLICY }],
    ['/page.js', { type: 'text/javascript', body: script, policy: PAGE_POLICY }],
    [
      '/sandbox.html',
      { type: 'text/html', body: sandbox, policy: `${policy}; sandbox allow-scripts` },
    ],
  ]);
  const server = createServer(({ url }, response) => {
    const file = files.get(url ?? '');
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': `${file.type}; charset=utf-8`,
      'content-security-policy': file.policy,
    });
    return response.end(file.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const PAGE_POLICY = "default-src 'self'; frame-src 'self'";
const PAGE = '<!doctype html><title>Stage</title><body><script src="/page.js"></script>';

async function pageScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2024',
      lib: { entry: local('page.ts'), name: 'stage', formats: ['iife'] },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new TypeError('vite was asked to build once, not to watch');
  return output.output[0].code;
}

function local(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
