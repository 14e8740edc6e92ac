import type { DataSettings } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { AmountField } from './amount-field.tsx';
import { CACHE_BOUNDS, CAP_BOUNDS, mebibytes } from './amounts.ts';
import css from './data.module.css';

interface DataLimitsProps {
  data: DataSettings;
  onChange(data: DataSettings): void;
}

/** In MB: a small mobile plan, an evening, a day of plenty. */
const CAPS = [500, 2_000, 10_000];
const CACHES = [250, 1_000, 5_000, 20_000];

/** How much data may move in a day, and how much may be kept. */
export function DataLimits({ data, onChange }: DataLimitsProps) {
  return (
    <div className={css.limits}>
      <AmountField
        label={text.cap}
        help={text.capHelp}
        value={data.capMiB}
        presets={CAPS}
        none={text.noCap}
        bounds={CAP_BOUNDS}
        onChange={(capMiB) => onChange({ ...data, capMiB })}
      />
      <AmountField
        label={text.cache}
        help={text.cacheHelp}
        value={data.cacheMiB}
        presets={CACHES}
        bounds={CACHE_BOUNDS}
        onChange={(cacheMiB) =>
          onChange({ ...data, cacheMiB: cacheMiB ?? mebibytes(CACHE_BOUNDS.least) })
        }
      />
    </div>
  );
}
