import { type FormEvent, useState } from 'react';
import { data as text } from '../../text/en/data.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import css from './amount-field.module.css';
import { type Bounds, mebibytes, megabytes, readMegabytes } from './amounts.ts';

interface AmountFieldProps {
  label: string;
  help: string;
  /** In MiB; null for none. */
  value: number | null;
  /** Amounts to choose from, in MB. */
  presets: readonly number[];
  /** Words for no amount, where that can be chosen. */
  none?: string;
  bounds: Bounds;
  onChange(value: number | null): void;
}

/** An amount of data: one of a few, or another that is typed and then set. */
export function AmountField(props: AmountFieldProps) {
  const { value, presets, none, bounds } = props;
  /** What is typed as another amount; null where a choice of the list is meant. */
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const now = value === null ? 'none' : String(megabytes(value));

  const choose = (choice: string) => {
    setWrong(false);
    setTyped(choice === 'other' ? '' : null);
    if (choice !== 'other') props.onChange(choice === 'none' ? null : mebibytes(Number(choice)));
  };
  const set = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const amount = readMegabytes(typed ?? '', bounds);
    setWrong(amount === null);
    if (amount !== null) props.onChange(mebibytes(amount));
    else event.currentTarget.querySelector('input')?.focus();
  };

  const isSet = value !== null && readMegabytes(typed ?? '', bounds) === megabytes(value);
  return (
    <div className={css.amount}>
      <SelectField
        label={props.label}
        help={props.help}
        value={typed === null ? now : 'other'}
        options={[
          ...(none === undefined ? [] : [['none', none] as const]),
          ...amounts(presets, value).map((mb) => [String(mb), text.amount(mb)] as const),
          ['other', text.otherAmount] as const,
        ]}
        onChange={choose}
      />
      {typed !== null && (
        <form className={css.other} onSubmit={set} noValidate>
          <TextField
            label={text.inMegabytes}
            value={typed}
            inputMode="numeric"
            error={wrong ? text.badAmount(bounds.least, bounds.most) : undefined}
            onChange={(next) => {
              setWrong(false);
              setTyped(next);
            }}
          />
          <Button type="submit">{text.set}</Button>
          <p role="status" className={css.set}>
            {isSet && !wrong ? text.isSet(megabytes(value)) : ''}
          </p>
        </form>
      )}
    </div>
  );
}

/** The presets and the amount that holds now, in MB, by size. */
function amounts(presets: readonly number[], value: number | null): number[] {
  const all = new Set(presets);
  if (value !== null) all.add(megabytes(value));
  return [...all].toSorted((a, b) => a - b);
}
