import { useEffect, useState } from 'react';
import { formatAge, formatMoment } from '../text/format.ts';
import css from './age.module.css';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long ago a moment was, kept up to date: by tens of seconds, then by minutes. */
export function Age({ at }: { at: number }) {
  const [now, setNow] = useState(Date.now);
  const recent = now - at < MINUTE;
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), recent ? 10 * SECOND : MINUTE);
    return () => clearInterval(timer);
  }, [recent]);
  return (
    <time className={css.age} dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {formatAge(at, Math.max(at, now))}
    </time>
  );
}
