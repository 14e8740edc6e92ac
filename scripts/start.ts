import { buildWebIfStale } from './build-web.ts';

buildWebIfStale();
// Only now, so that a first start shows the build's progress before anything else.
const { main } = await import('../coordinator/main.ts');
await main(process.argv.slice(2));
