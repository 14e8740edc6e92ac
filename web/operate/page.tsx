import { common } from '../text/en/common.ts';
import { operate as text } from '../text/en/operate.ts';
import { formatClock } from '../text/format.ts';
import { Age } from '../ui/age.tsx';
import { Notice } from '../ui/notice.tsx';
import { useTitle } from '../ui/use-title.ts';
import { CrowdFigures } from './crowd-figures.tsx';
import { DataFigures } from './data-figures.tsx';
import css from './page.module.css';
import { Projects } from './projects.tsx';
import { TimeChart } from './time-chart.tsx';
import { type SeenNetwork, useNetwork } from './use-network.ts';

/** For whoever runs the coordinator: what the network does, and what it saves. */
export default function OperatePage() {
  useTitle(text.title);
  const seen = useNetwork();
  const { status } = seen;
  return (
    <div className={css.page}>
      <div>
        <h1>{text.title}</h1>
        <p className={css.lead}>{text.lead}</p>
        {status && (
          <p className={css.soft}>
            {text.updated} <Age at={seen.heardAt} />
          </p>
        )}
        <Trouble seen={seen} />
      </div>
      {status && (
        <>
          <CrowdFigures status={status} />
          <DataFigures data={status.data} />
          <TimeChart history={seen.history} />
          <Projects projects={status.projects} />
          <p className={css.soft}>
            {text.metrics} <code>/metrics</code>.
          </p>
        </>
      )}
    </div>
  );
}

/** That the figures are old, or that there are none yet. */
function Trouble({ seen }: { seen: SeenNetwork }) {
  return (
    <div role="status">
      {seen.stale && (
        <Notice kind="warm" title={seen.status ? text.stale(formatClock(seen.heardAt)) : ''}>
          {seen.status ? text.staleHelp : common.offline}
        </Notice>
      )}
      {!seen.stale && !seen.status && common.loading}
    </div>
  );
}
