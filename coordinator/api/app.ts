import { Hono } from 'hono';
import { type ApiParts, mountApi } from './api.ts';
import { errorResponse } from './http-errors.ts';
import { type AnswerListener, crossOrigin, observe, secure } from './middleware.ts';
import { mountPages, type Pages } from './pages.ts';

/** What of the surroundings an app is given. */
export interface AppParts extends ApiParts {
  pages: Pages;
  corsOrigins: readonly string[];
  /** Whether this server itself speaks TLS. */
  tls: boolean;
  onAnswer: AnswerListener;
  /** Puts up the operators' own pages. */
  mountMore(app: Hono): void;
}

/** The whole HTTP surface of the coordinator. */
export function createApp(parts: AppParts): Hono {
  const app = new Hono();
  app.onError((error) => errorResponse(error, parts.services.log));
  app.use(observe(parts.onAnswer), secure(parts.tls));
  app.use('/v1/*', crossOrigin(parts.corsOrigins));
  mountApi(app, parts);
  parts.mountMore(app);
  mountPages(app, parts.pages);
  return app;
}
