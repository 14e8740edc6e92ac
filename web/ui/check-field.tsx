import { useId } from 'react';
import css from './field.module.css';

interface CheckFieldProps {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
  help?: string;
}

/** Yes or no. */
export function CheckField({ label, checked, onChange, help }: CheckFieldProps) {
  const id = useId();
  return (
    <div>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={help && id}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {label}
      </label>
      {help && (
        <p id={id} className={css.help}>
          {help}
        </p>
      )}
    </div>
  );
}
