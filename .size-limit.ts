import { readFileSync } from 'node:fs';
import { initialScripts } from './scripts/initial-scripts.ts';

const manifest = JSON.parse(readFileSync('dist/web/.vite/manifest.json', 'utf8'));

export default [
  {
    name: 'Contribute page, JavaScript before the click',
    path: initialScripts(manifest, ['index.html']).map((file) => `dist/web/${file}`),
    gzip: true,
    limit: '120 kB',
  },
];
