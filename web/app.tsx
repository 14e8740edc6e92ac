import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useContribution } from './contribute/contribution.ts';
import { Indicator } from './contribute/indicator.tsx';
import { ContributePage } from './contribute/page.tsx';
import { NotFound } from './not-found.tsx';
import { common } from './text/en/common.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Shell } from './ui/shell.tsx';

const RequestArea = lazy(() => import('./request/area.tsx'));
const OperatePage = lazy(() => import('./operate/page.tsx'));

/** All pages by their addresses. The requesters' and the operator's are loaded when one is opened. */
export function App() {
  const [path] = useLocation();
  const now = useContribution();
  const computing = now.stage === 'on' && now.view.busy > 0;
  return (
    <Shell computing={computing} indicator={<Indicator />}>
      <ErrorBoundary key={path}>
        <Suspense fallback={<p role="status">{common.loading}</p>}>
          <Switch>
            <Route path="/" component={ContributePage} />
            <Route path="/request/*?" component={RequestArea} />
            <Route path="/jobs/:id" component={RequestArea} />
            <Route path="/operate" component={OperatePage} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
}
