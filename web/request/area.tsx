import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Route, Switch } from 'wouter';
import { Client } from '../api/client.ts';
import { ClientContext } from '../api/client-context.ts';
import { ApiError } from '../api/errors.ts';
import { useToken } from '../api/token.ts';
import { NotFound } from '../not-found.tsx';
import { common } from '../text/en/common.ts';
import { JobsPage } from './jobs-page.tsx';
import { SignIn } from './sign-in.tsx';

const NewJobPage = lazy(() => import('./new-job-page.tsx'));
const JobPage = lazy(() => import('../job/page.tsx'));

/** The requesters' pages: one client for all of them, and nothing without a token. */
export default function RequestArea() {
  const token = useToken();
  const [queries] = useState(makeQueryClient);
  const client = useMemo(() => (token === null ? null : new Client(token)), [token]);
  if (!client) return <SignIn />;
  return (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>
        <Suspense fallback={<p role="status">{common.loading}</p>}>
          <Switch>
            <Route path="/request" component={JobsPage} />
            <Route path="/request/new" component={NewJobPage} />
            <Route path="/jobs/:id" component={JobPage} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </QueryClientProvider>
    </ClientContext>
  );
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Repeating what the coordinator has refused does not change its mind.
        retry: (failures, error) =>
          failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  });
}
