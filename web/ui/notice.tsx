import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import css from './notice.module.css';

interface NoticeProps {
  /** `bad`: something failed and is read out at once; `warm`: worth knowing; `quiet`: background. */
  kind: 'bad' | 'warm' | 'quiet';
  title?: string;
  children: ReactNode;
}

/** A framed message within a page. */
export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div className={classes(css.notice, css[kind])} role={kind === 'bad' ? 'alert' : undefined}>
      {title && <p className={css.title}>{title}</p>}
      {children}
    </div>
  );
}
