import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './scripts/precompress.ts';
import { sandboxPage } from './scripts/sandbox-page.ts';

/** Where `npm run dev` finds a coordinator to pass the API and the nodes' sockets on to. */
const coordinator = process.env.MANYHANDS_COORDINATOR ?? 'http://127.0.0.1:4870';

export default defineConfig({
  plugins: [react(), sandboxPage(), precompress({ cache: 'node_modules/.cache/manyhands' })],
  build: {
    outDir: 'dist/web',
    // The size check reads from it what a page loads before the first click.
    manifest: true,
    target: 'es2024',
    sourcemap: false,
    // It would compress the compiler's 105 MB once more, only to print a number.
    reportCompressedSize: false,
    // No data: URLs, which the pages' content security policy does not allow.
    assetsInlineLimit: 0,
    // Every browser that has the target has modulepreload too.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html'] },
  },
  // The engine and the compiler load parts of themselves with import().
  worker: { format: 'es' },
  // Its two large assets are found relative to its own URL.
  optimizeDeps: { exclude: ['@yowasp/clang'] },
  server: {
    proxy: {
      '/v1': coordinator,
      '/sandbox.html': coordinator,
      '/node': { target: coordinator, ws: true },
      '/relay': { target: coordinator, ws: true },
    },
  },
});
