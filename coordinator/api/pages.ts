import type { Hono } from 'hono';
import { ManyhandsError } from '../../shared/errors.ts';
import type { SandboxPage } from './sandbox-page.ts';
import { pagePolicy } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

/** What browsers are shown. */
export interface Pages {
  files: StaticFiles;
  sandbox: SandboxPage | null;
}

const APP_PAGE = '/index.html';
const SANDBOX_PAGE = '/sandbox.html';

/**
 * Puts up the built pages. Every path without a file extension is the app's own to show, since it
 * keeps its state in the URL.
 */
export function mountPages(app: Hono, { files, sandbox }: Pages): void {
  app.get(SANDBOX_PAGE, () => {
    if (!sandbox) throw notBuilt();
    return new Response(new Uint8Array(sandbox.html), {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': sandbox.policy,
        'Cache-Control': 'no-cache',
      },
    });
  });
  app.get('*', ({ req }) => {
    if (files.isEmpty) throw notBuilt();
    const path = decodePath(req.path);
    const isAppPath = !/\.[^/]*$/.test(path);
    const response =
      files.respond(path, req.raw) ?? (isAppPath ? files.respond(APP_PAGE, req.raw) : null);
    if (!response) throw notFound();
    response.headers.set('Content-Security-Policy', pagePolicy(req.header('Host')));
    return response;
  });
  app.all('*', () => {
    throw notFound();
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound();
  }
}

function notFound(): ManyhandsError {
  return new ManyhandsError('NOT_FOUND', 'There is nothing at this address.');
}

function notBuilt(): ManyhandsError {
  return new ManyhandsError(
    'PAGES_NOT_BUILT',
    'The pages are not built on this coordinator. Start it with npm start, or run npm run build.',
  );
}
