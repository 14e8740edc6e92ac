import { classes } from './classes.ts';
import css from './mark.module.css';

/** The sign of Manyhands: nine tiles, one of them being worked on; they take turns while this tab computes. */
export function Mark({ lively }: { lively: boolean }) {
  return (
    <svg className={classes(css.mark, lively && css.lively)} viewBox="0 0 26 26" aria-hidden="true">
      <rect className={css.done} x="0" y="0" width="8" height="8" rx="1.5" />
      <rect className={css.done} x="9" y="0" width="8" height="8" rx="1.5" />
      <rect className={css.active} x="18" y="0" width="8" height="8" rx="1.5" />
      <rect className={css.done} x="0" y="9" width="8" height="8" rx="1.5" />
      <rect className={css.done} x="9" y="9" width="8" height="8" rx="1.5" />
      <rect className={css.done} x="18" y="9" width="8" height="8" rx="1.5" />
      <rect className={css.faint} x="0" y="18" width="8" height="8" rx="1.5" />
      <rect className={css.done} x="9" y="18" width="8" height="8" rx="1.5" />
      <rect className={css.faint} x="18" y="18" width="8" height="8" rx="1.5" />
    </svg>
  );
}
