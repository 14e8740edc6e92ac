import css from './field.module.css';
import { Field } from './field.tsx';

interface SelectFieldProps<T extends string> {
  label: string;
  value: T;
  /** Values with their words, in order. */
  options: readonly (readonly [value: T, words: string])[];
  onChange(value: T): void;
  help?: string;
  path?: string;
  className?: string;
}

/** A choice of one among a few. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  return (
    <Field {...props}>
      {(attributes) => (
        <select
          {...attributes}
          className={css.control}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value as T)}
        >
          {props.options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The members of a catalogue's record as options. */
export function optionsOf<T extends string>(words: Readonly<Record<T, string>>) {
  return Object.entries(words) as [T, string][];
}
