import { Link } from 'wouter';
import { contribute as text } from '../text/en/contribute.ts';
import { useTitlePrefix } from '../ui/use-title.ts';
import { useContribution } from './contribution.ts';
import css from './indicator.module.css';
import { sayState } from './say-state.ts';

/** On every page, all the while something may compute: that it does, and the way to stop it. */
export function Indicator() {
  const now = useContribution();
  const view = now.stage === 'on' ? now.view : null;
  const computing = view !== null && view.busy > 0;
  useTitlePrefix(computing ? `▶ ${text.computingTitle}` : '');
  if (!view) return null;
  return (
    <Link href="/" className={css.indicator} data-on={computing || undefined}>
      <span className={css.lamp} aria-hidden="true" />
      {computing ? text.computing(view.busy) : sayState(view).title}
    </Link>
  );
}
