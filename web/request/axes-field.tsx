import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import { useFieldError } from '../ui/field-errors.ts';
import { optionsOf, SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { AxisDraft } from './draft.ts';
import { nextKey } from './keyed.ts';
import css from './section.module.css';

const text = request.draft;

interface AxesFieldProps {
  axes: readonly AxisDraft[];
  onChange(axes: AxisDraft[]): void;
}

/** The parameters of a grid with their values. */
export function AxesField({ axes, onChange }: AxesFieldProps) {
  const error = useFieldError('inputs.axes');
  const change = (key: number, part: Partial<AxisDraft>) =>
    onChange(axes.map((axis) => (axis.key === key ? { ...axis, ...part } : axis)));
  const add = () =>
    onChange([
      ...axes,
      { key: nextKey(axes), name: '', mode: 'steps', values: '', from: '0', to: '1', step: '0.1' },
    ]);
  return (
    <>
      <ul className={css.list}>
        {axes.map((axis, at) => (
          <li key={axis.key} className={css.item}>
            <TextField
              label={text.axisName}
              path={`inputs.axes.${at}.name`}
              mono
              value={axis.name}
              onChange={(name) => change(axis.key, { name })}
            />
            <SelectField
              label={text.axisMode}
              value={axis.mode}
              options={optionsOf(text.axisModes)}
              onChange={(mode) => change(axis.key, { mode })}
            />
            <AxisValues axis={axis} at={at} onChange={(part) => change(axis.key, part)} />
            <Button
              look="bare"
              className={css.remove}
              aria-label={text.removeAxis(axis.name)}
              disabled={axes.length === 1}
              onClick={() => onChange(axes.filter(({ key }) => key !== axis.key))}
            >
              {text.remove}
            </Button>
          </li>
        ))}
      </ul>
      {error && <p className={css.error}>{error}</p>}
      <Button className={css.start} onClick={add}>
        {text.addAxis}
      </Button>
    </>
  );
}

interface AxisValuesProps {
  axis: AxisDraft;
  at: number;
  onChange(part: Partial<AxisDraft>): void;
}

function AxisValues({ axis, at, onChange }: AxisValuesProps) {
  if (axis.mode === 'values') {
    return (
      <TextField
        label={text.axisValues}
        path={`inputs.axes.${at}.values`}
        className={css.wide}
        mono
        value={axis.values}
        onChange={(values) => onChange({ values })}
      />
    );
  }
  return (['from', 'to', 'step'] as const).map((name) => (
    <TextField
      key={name}
      label={text[name]}
      path={`inputs.axes.${at}.${name}`}
      inputMode="decimal"
      value={axis[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  ));
}
