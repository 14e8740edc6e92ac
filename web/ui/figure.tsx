import type { ReactNode } from 'react';
import css from './figure.module.css';

interface FigureProps {
  name: string;
  value: string;
  /** Its unit, or what it counts. */
  more?: string;
  /** Stands before the name. */
  mark?: ReactNode;
}

/** One figure of a `dl`: its name, its value, and what is to be said of it. */
export function Figure({ name, value, more, mark }: FigureProps) {
  return (
    <div>
      <dt className={css.name}>
        {mark}
        {name}
      </dt>
      <dd className={css.value}>{value}</dd>
      {more && <dd className={css.more}>{more}</dd>}
    </div>
  );
}
