import { type ReactNode, useId } from 'react';
import { classes } from './classes.ts';
import css from './field.module.css';
import { useFieldError } from './field-errors.ts';

interface FieldProps {
  label: string;
  help?: ReactNode;
  /** Of the field in the job spec: its error is shown here. */
  path?: string;
  /** Shown instead of one by path. */
  error?: string;
  className?: string;
  /** The control, with the attributes that tie label, help and error to it. */
  children(attributes: ControlAttributes): ReactNode;
}

/** Ties a control to its label, help and error. */
interface ControlAttributes {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** A control with its label, and under it help and what is wrong. */
export function Field({ label, help, path, error, className, children }: FieldProps) {
  const id = useId();
  const known = useFieldError(path);
  const message = error ?? known;
  const described = [help && `${id}-help`, message && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={classes(css.field, className)}>
      <label htmlFor={id} className={css.label}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': message ? true : undefined,
      })}
      {help && (
        <p id={`${id}-help`} className={css.help}>
          {help}
        </p>
      )}
      {message && (
        <p id={`${id}-error`} className={css.error}>
          {message}
        </p>
      )}
    </div>
  );
}
