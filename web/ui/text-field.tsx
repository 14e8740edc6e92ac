import type { HTMLAttributes } from 'react';
import { classes } from './classes.ts';
import css from './field.module.css';
import { Field } from './field.tsx';

interface TextFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  help?: string;
  path?: string;
  error?: string;
  /** Lines of a field that holds several. */
  rows?: number;
  mono?: boolean;
  type?: 'text' | 'password' | 'datetime-local';
  inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
  autoComplete?: string;
  className?: string;
}

/** A field for text, of one line or several. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, rows } = props;
  return (
    <Field {...props}>
      {(attributes) => {
        const shared = {
          ...attributes,
          value,
          className: classes(css.control, props.mono && css.mono),
          spellCheck: false,
          autoComplete: props.autoComplete ?? 'off',
        };
        return rows === undefined ? (
          <input
            {...shared}
            type={props.type ?? 'text'}
            inputMode={props.inputMode}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        ) : (
          <textarea
            {...shared}
            rows={rows}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        );
      }}
    </Field>
  );
}
