import { useEffect, useState } from 'react';
import { contribute as text } from '../text/en/contribute.ts';
import { useTitle } from '../ui/use-title.ts';
import { contribution, useBase, useContribution, useDone } from './contribution.ts';
import { NetworkLine } from './network-line.tsx';
import { Offer } from './offer.tsx';
import css from './page.module.css';
import { RunningPanel } from './running-panel.tsx';
import { sessionTotals } from './session-totals.ts';
import {
  deviceThreads,
  type Settings,
  storedSettings,
  storeSettings,
  watchSettings,
} from './settings.ts';
import { TileHand } from './tile-hand.tsx';
import { useRate } from './use-rate.ts';
import { useStatus } from './use-status.ts';

/** The front page: what Manyhands is, one Start, and what comes after it. */
export function ContributePage() {
  useTitle(text.title);
  const [settings, setSettings] = useState(storedSettings);
  useEffect(() => watchSettings(setSettings), []);
  const seen = useStatus();
  const now = useContribution();
  const base = useBase();
  const done = useDone();
  const view = now.stage === 'on' ? now.view : null;
  const rate = useRate(done);
  const all = deviceThreads();

  const change = (next: Settings) => {
    setSettings(next);
    storeSettings(next);
    if (next.threads !== settings.threads) contribution.setThreads(next.threads);
    if (next.data !== settings.data) contribution.setData(next.data);
  };

  return (
    <div className={css.page}>
      <div className={css.words}>
        <h1 className={css.headline}>{text.headline}</h1>
        <p className={css.what}>{text.what}</p>
        <NetworkLine seen={seen} own={view?.connection === 'connected' ? view.threads : 0} />
      </div>
      <div className={css.picture}>
        <TileHand done={done} busy={view?.busy ?? 0} />
      </div>
      <div className={css.card}>
        {now.stage === 'on' ? (
          <RunningPanel
            view={now.view}
            elsewhere={now.elsewhere}
            rate={rate}
            totals={sessionTotals(now.view, base)}
            threads={settings.threads}
            allThreads={all}
            data={settings.data}
            onThreads={(threads) => change({ ...settings, threads })}
            onData={(data) => change({ ...settings, data })}
            onEmptyCache={() => contribution.emptyCache()}
            onPause={() => contribution.pause()}
            onResume={() => contribution.resume()}
            onFinish={() => contribution.finish()}
            onCancelFinish={() => contribution.cancelFinish()}
          />
        ) : (
          <Offer
            settings={settings}
            allThreads={all}
            projects={seen?.status.projects ?? null}
            starting={now.stage === 'starting'}
            finished={now.stage === 'off' && now.finished ? done : null}
            failure={now.stage === 'off' ? now.failure : null}
            onChange={change}
            onStart={() => contribution.start(settings)}
          />
        )}
      </div>
    </div>
  );
}
