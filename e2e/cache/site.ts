import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';
import { type Site, serveFiles } from '../serve-files.ts';

const PAGE = '<!doctype html><title>Cache</title><script src="/page.js"></script>';

/** A site with a page that opens caches in workers. */
export async function startCacheSite(): Promise<Site> {
  const [page, worker] = await Promise.all(
    ['page.ts', 'worker.ts'].map((name) => bundle(local(name), 'cachePage')),
  );
  return serveFiles(
    new Map([
      ['/', { type: 'text/html', body: PAGE }],
      ['/page.js', { type: 'text/javascript', body: page }],
      ['/worker.js', { type: 'text/javascript', body: worker }],
    ]),
  );
}

function local(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
