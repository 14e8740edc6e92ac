import type { ButtonHTMLAttributes } from 'react';
import css from './button.module.css';
import { classes } from './classes.ts';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `main` once a screen; `plain` for the rest; `bare` inside tables and fields; `danger` in dialogs. */
  look?: 'main' | 'plain' | 'bare' | 'danger';
  size?: 'm' | 'l';
  /** Says that its work goes on; it cannot be pressed again meanwhile. */
  busy?: boolean;
}

/** A button of the pages. It never submits a form unless `type` says so. */
export function Button({ look = 'plain', size = 'm', busy, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      {...rest}
      disabled={rest.disabled || busy}
      className={classes(css.button, css[look], size === 'l' && css.large, className)}
    />
  );
}
