import type { EngineView } from '../../worker/engine/events.ts';
import type { DataSettings } from '../../worker/swarm/swarm-view.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { CalmStatus } from './calm-status.tsx';
import { Counters } from './counters.tsx';
import { DataSection } from './data/data-section.tsx';
import css from './running-panel.module.css';
import { sayState } from './say-state.ts';
import type { SessionTotals } from './session-totals.ts';
import { ThreadsField } from './threads-field.tsx';

interface RunningPanelProps {
  view: EngineView;
  /** Whether another tab of this browser computes and this one only shows it. */
  elsewhere: boolean;
  /** Shards a second; null before that can be said. */
  rate: number | null;
  /** What came of this visit's shards. */
  totals: SessionTotals;
  threads: number;
  allThreads: number;
  data: DataSettings;
  onThreads(threads: number): void;
  onData(data: DataSettings): void;
  onEmptyCache(): void;
  onPause(): void;
  onResume(): void;
  onFinish(): void;
  onCancelFinish(): void;
}

/** What a contributor sees and can do from Start to the end. */
export function RunningPanel(props: RunningPanelProps) {
  const { view } = props;
  const state = sayState(view);
  const paused = view.phase === 'paused';
  return (
    <section className={css.panel} aria-label={state.title}>
      <div className={css.head}>
        <h2 className={css.title}>
          <span className={css.lamp} data-on={view.busy > 0 || undefined} aria-hidden="true" />
          {state.title}
        </h2>
        <div className={css.buttons}>
          {paused || view.idle === 'battery' ? (
            <Button look="main" onClick={props.onResume}>
              {paused ? text.resume : text.resumeAnyway}
            </Button>
          ) : (
            <Button look="main" onClick={props.onPause}>
              {text.pause}
            </Button>
          )}
          {view.finishing ? (
            <Button onClick={props.onCancelFinish}>{text.cancelFinish}</Button>
          ) : (
            <Button onClick={props.onFinish}>{text.finish}</Button>
          )}
        </div>
      </div>
      <CalmStatus text={state.detail} />
      <p className={css.help}>{text.pauseHelp}</p>
      {props.elsewhere && <Notice kind="quiet">{text.elsewhere}</Notice>}
      {view.connection === 'offline' && <Notice kind="warm">{text.connection.offline}</Notice>}
      {view.problem && <Notice kind="warm">{view.problem.message}</Notice>}
      <Counters view={view} rate={props.rate} totals={props.totals} />
      <p className={css.help}>{text.lifelong(view.agreed, view.rejected)}</p>
      <div className={css.running}>
        <h3>{paused ? text.nowPaused : text.now}</h3>
        {view.running.length === 0 ? (
          <p className={css.help}>{text.nothingRuns}</p>
        ) : (
          <ul className={css.jobs}>
            {view.running.map((job) => (
              <li key={job.job}>
                <span>
                  <strong>{job.name}</strong> {text.runningFor(job.project)}
                </span>
                <span className={css.help}>{text.runningShards(job.done, job.shards)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <ThreadsField threads={props.threads} all={props.allThreads} onChange={props.onThreads} />
      <DataSection
        view={view}
        data={props.data}
        onData={props.onData}
        onEmptyCache={props.onEmptyCache}
      />
    </section>
  );
}
