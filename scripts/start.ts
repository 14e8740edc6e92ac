import { buildApps } from './build-apps.ts';
import { buildWebIfStale } from './build-web.ts';

buildWebIfStale();
await buildApps((step) => console.log(step));
// Only now, so that a first start shows the builds' progress before anything else.
const { main } = await import('../coordinator/main.ts');
await main(process.argv.slice(2));
