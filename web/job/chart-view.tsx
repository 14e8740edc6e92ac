import { useState } from 'react';
import type { Job } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { chartFields, chartLines } from './chart-data.ts';
import { ChartTable } from './chart-table.tsx';
import css from './chart-view.module.css';
import { LineChart } from './line-chart.tsx';
import { useSamples } from './use-samples.ts';

const text = jobText.chart;

/** The numbers in a job's results, drawn over its inputs. */
export default function ChartView({ job }: { job: Job }) {
  const running = job.state === 'running';
  const [paused, setPaused] = useState(false);
  const [askedAlong, setAlong] = useState('');
  const [askedValue, setValue] = useState('');
  const { samples, partial, large, error } = useSamples(job.id, running, paused);
  const fields = chartFields(samples);
  const along = fields.along.includes(askedAlong) ? askedAlong : fields.along[0];
  const value = fields.values.includes(askedValue) ? askedValue : fields.values[0];

  if (error !== null) return <Notice kind="bad">{error}</Notice>;
  const notRead = large > 0 && <p className={css.none}>{text.large(large)}</p>;
  if (along === undefined || value === undefined)
    return notRead || <p className={css.none}>{text.none}</p>;
  const lines = chartLines(samples, along, value);
  const valueName = value === '' ? text.result : value;
  return (
    <div className={css.view}>
      <div className={css.choices}>
        <SelectField
          label={text.y}
          value={value}
          options={fields.values.map((name) => [name, name === '' ? text.result : name] as const)}
          onChange={setValue}
        />
        <SelectField
          label={text.x}
          value={along}
          options={fields.along.map((name) => [name, name] as const)}
          onChange={setAlong}
        />
        {running && (
          <Button className={css.pause} onClick={() => setPaused(!paused)}>
            {paused ? text.resume : text.pause}
          </Button>
        )}
      </div>
      <LineChart lines={lines} along={along} value={valueName} />
      {lines.left > 0 && <p className={css.none}>{text.left(lines.left)}</p>}
      {notRead}
      {partial && <p className={css.none}>{text.partial(samples.length)}</p>}
      <ChartTable lines={lines} along={along} value={valueName} />
    </div>
  );
}
