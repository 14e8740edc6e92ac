import { type ReactNode, useRef } from 'react';
import css from './table-scroll.module.css';
import { useOverflow } from './use-overflow.ts';

/** A table that may be wider than the page; where it is, it can be scrolled by keyboard too. */
export function TableScroll({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const overflows = useOverflow(place);
  return (
    <section
      ref={place}
      className={css.scroll}
      {...(overflows && { tabIndex: 0, 'aria-label': label })}
    >
      {children}
    </section>
  );
}
