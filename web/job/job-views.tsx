import { lazy, Suspense } from 'react';
import { useSearchParams } from 'wouter';
import type { Job } from '../../shared/api/schemas.ts';
import { common } from '../text/en/common.ts';
import { job as text } from '../text/en/job.ts';
import { formatCount } from '../text/format.ts';
import { Tabs } from '../ui/tabs.tsx';
import { Failures } from './failures.tsx';
import { ResultsView } from './results-view.tsx';

const PictureView = lazy(() => import('./picture-view.tsx'));
const ChartView = lazy(() => import('./chart-view.tsx'));

type View = keyof typeof text.tabs;

interface JobViewsProps {
  job: Job;
  /** Shards are tried again, so a job that had ended runs again. */
  onRetried(): void;
}

/** What came of a job, in the views that fit it; the one shown is in the address. */
export function JobViews({ job, onRetried }: JobViewsProps) {
  const [search, setSearch] = useSearchParams();
  const views: View[] = job.spec.picture
    ? ['picture', 'results', 'failures']
    : ['results', 'chart', 'failures'];
  const asked = search.get('view') as View;
  const view = views.includes(asked) ? asked : views[0];
  const failed = job.counts.failed > 0 ? ` (${formatCount(job.counts.failed)})` : '';
  return (
    <Tabs
      label={text.sections}
      tabs={views.map((name) => [name, text.tabs[name] + (name === 'failures' ? failed : '')])}
      chosen={view}
      onChoose={(name) => setSearch({ view: name })}
    >
      <Suspense fallback={<p role="status">{common.loading}</p>}>
        {view === 'results' && <ResultsView job={job} />}
        {view === 'failures' && <Failures job={job} onRetried={onRetried} />}
        {view === 'picture' && <PictureView key={job.id} job={job} />}
        {view === 'chart' && <ChartView key={job.id} job={job} />}
      </Suspense>
    </Tabs>
  );
}
