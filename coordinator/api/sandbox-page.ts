import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The page of the sandboxed frames, as it is served. */
export interface SandboxPage {
  html: Buffer;
  policy: string;
}

/** The one inline script of the page, the boot script. */
const INLINE_SCRIPT = /<script>([\s\S]*?)<\/script>/g;

/**
 * Reads the built page and makes its policy: nothing but its own boot script and `data:` workers,
 * in an opaque origin. The script is named by its hash, so nothing put into the page later runs.
 * Null where the pages were not built.
 */
export async function readSandboxPage(webFolder: string): Promise<SandboxPage | null> {
  let html: Buffer;
  try {
    html = await readFile(join(webFolder, 'sandbox.html'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const hashes = [...html.toString('utf8').matchAll(INLINE_SCRIPT)].map(
    ([, script]) => `'sha256-${hash('sha256', script, 'base64')}'`,
  );
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(' ')} 'wasm-unsafe-eval'`,
    'worker-src data:',
    'sandbox allow-scripts',
  ].join('; ');
  return { html, policy };
}
