import type { Context, Hono } from 'hono';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import type { Metrics } from './metrics.ts';

/** What the operators' pages show, and to whom. */
export interface HealthParts {
  dispatcher: Pick<Dispatcher, 'health'>;
  metrics: Metrics;
  mayReadMetrics(context: Context): boolean;
}

/** Puts up /healthz (the process lives), /readyz (results can be made durable) and /metrics. */
export function mountHealthPages(
  app: Hono,
  { dispatcher, metrics, mayReadMetrics }: HealthParts,
): void {
  app.get('/healthz', () => Response.json({ state: 'alive' }));
  app.get('/readyz', () => {
    const health = dispatcher.health();
    return Response.json(health, { status: health.state === 'well' ? 200 : 503 });
  });
  app.get('/metrics', async (context) => {
    if (!mayReadMetrics(context))
      throw new ManyhandsError(
        'NETWORK_FORBIDDEN',
        'The metrics are for the networks that the operator named (metrics-networks).',
      );
    return new Response(await metrics.text(), { headers: { 'Content-Type': metrics.contentType } });
  });
}
