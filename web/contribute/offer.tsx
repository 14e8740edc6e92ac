import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { DataOffer } from './data/data-offer.tsx';
import { ExchangeField } from './data/exchange-field.tsx';
import css from './offer.module.css';
import { ProjectsField } from './projects-field.tsx';
import type { Settings } from './settings.ts';
import { ThreadsField } from './threads-field.tsx';

interface OfferProps {
  settings: Settings;
  allThreads: number;
  projects: NetworkStatus['projects'] | null;
  starting: boolean;
  /** Shards of the work that was just completed with Finish; null where there was none. */
  finished: number | null;
  /** Why the last start failed; null where it did not. */
  failure: string | null;
  onChange(settings: Settings): void;
  onStart(): void;
}

/** What would be given and for whom, and the one button that begins it. */
export function Offer(props: OfferProps) {
  const { settings } = props;
  return (
    <section className={css.offer} aria-labelledby="offer">
      {props.finished !== null && (
        <div role="status">
          <Notice kind="quiet">{text.stopped(props.finished)}</Notice>
        </div>
      )}
      {props.failure !== null && (
        <Notice kind="bad" title={text.failed}>
          {props.failure}
        </Notice>
      )}
      <div className={css.statement}>
        <h2 id="offer">{text.offerTitle}</h2>
        <p className={css.gift}>{text.gift(settings.threads, props.allThreads)}</p>
        <p>{forWhom(settings.projects, props.projects)}</p>
      </div>
      <ExchangeField
        on={settings.data.peers}
        onChange={(peers) => props.onChange({ ...settings, data: { ...settings.data, peers } })}
      />
      <Button
        look="main"
        size="l"
        className={css.start}
        busy={props.starting}
        onClick={props.onStart}
      >
        {props.starting ? text.starting : text.start}
      </Button>
      <ThreadsField
        threads={settings.threads}
        all={props.allThreads}
        onChange={(threads) => props.onChange({ ...settings, threads })}
      />
      <ProjectsField
        projects={props.projects}
        chosen={settings.projects}
        onChange={(projects) =>
          props.onChange({ ...settings, projects: projects && [...projects] })
        }
      />
      <DataOffer data={settings.data} onChange={(data) => props.onChange({ ...settings, data })} />
      <ul className={css.facts}>
        <li>{text.startFacts}</li>
        <li>{text.sandbox}</li>
      </ul>
    </section>
  );
}

/** The chosen projects by name; one that is not known any more by its id. */
function forWhom(chosen: readonly string[] | null, projects: OfferProps['projects']): string {
  if (chosen === null) return text.forAny;
  const names = chosen.map((id) => projects?.find((project) => project.id === id)?.name ?? id);
  return text.forThese(names);
}
