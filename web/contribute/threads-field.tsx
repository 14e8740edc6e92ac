import { useId } from 'react';
import { contribute as text } from '../text/en/contribute.ts';
import css from './threads-field.module.css';

interface ThreadsFieldProps {
  threads: number;
  /** Threads that the device has. */
  all: number;
  onChange(threads: number): void;
}

/** How many threads are given: before the start and while it runs. */
export function ThreadsField({ threads, all, onChange }: ThreadsFieldProps) {
  const id = useId();
  return (
    <div className={css.field}>
      <div className={css.head}>
        <label htmlFor={id}>{text.threadsLabel}</label>
        <output htmlFor={id} className={css.value}>
          {text.threadsOf(threads, all)}
        </output>
      </div>
      <input
        id={id}
        className={css.slider}
        type="range"
        min={1}
        max={all}
        value={threads}
        disabled={all === 1}
        aria-valuetext={text.threadsOf(threads, all)}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <p id={`${id}-help`} className={css.help}>
        {threads === all && all > 1 ? text.threadsAll : text.threadsHelp}
      </p>
    </div>
  );
}
