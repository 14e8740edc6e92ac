import { ManyhandsError } from '../errors.ts';
import type { Axis } from './spec.ts';

/**
 * Number of values of one grid axis.
 * @throws ManyhandsError `GRID_AXIS_EMPTY` where a stepped axis ends before it begins.
 */
export function axisLength(axis: Axis): number {
  if ('values' in axis) return axis.values.length;
  const { from, to, step } = axis;
  if (from > to) {
    throw new ManyhandsError(
      'GRID_AXIS_EMPTY',
      `The axis "${axis.name}" runs from ${from} to ${to}, which has no values. Swap its ends.`,
      { axis: axis.name, from, to },
    );
  }
  const whole = scaled(axis);
  if (whole) return Math.floor((whole.to - whole.from) / whole.step) + 1;
  // Without exact decimals the last value may be missed by a rounding error; so allow for one.
  return Math.floor(((to - from) / step) * (1 + 2 ** -48)) + 1;
}

/**
 * The k-th value of an axis. Stepped axes are computed in whole multiples of their last decimal
 * place, so that 0 to 1 by 0.1 has 0.3 in it and not 0.30000000000000004.
 */
export function axisValue(axis: Axis, k: number): number | string {
  if ('values' in axis) return axis.values[k];
  const whole = scaled(axis);
  if (whole) return (whole.from + k * whole.step) / whole.scale;
  return axis.from + k * axis.step;
}

type SteppedAxis = Exclude<Axis, { values: unknown }>;
interface Scaled {
  from: number;
  to: number;
  step: number;
  /** A power of ten. */
  scale: number;
}

/** More decimal places than this do not survive a multiplication in doubles. */
const MAX_DECIMALS = 15;

/** Axes are immutable and asked for each shard; taking their decimals apart is the slow part. */
const scales = new WeakMap<SteppedAxis, Scaled | null>();

function scaled(axis: SteppedAxis): Scaled | null {
  let known = scales.get(axis);
  if (known === undefined) {
    known = scale(axis);
    scales.set(axis, known);
  }
  return known;
}

/** The axis in units of its last decimal place, or null where that is not exact in a double. */
function scale({ from, to, step }: SteppedAxis): Scaled | null {
  const decimals = Math.max(decimalPlaces(from), decimalPlaces(to), decimalPlaces(step));
  if (decimals > MAX_DECIMALS) return null;
  const scale = 10 ** decimals;
  const whole = {
    from: Math.round(from * scale),
    to: Math.round(to * scale),
    step: Math.round(step * scale),
    scale,
  };
  const exact = [whole.from, whole.to, whole.step, whole.to - whole.from].every(
    Number.isSafeInteger,
  );
  return exact ? whole : null;
}

/** Decimal places of a number's shortest decimal form: 0.25 has 2, 1e-7 has 7, 300 has 0. */
function decimalPlaces(value: number): number {
  const [mantissa, exponent] = String(value).split('e');
  const fraction = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent ?? 0));
}
