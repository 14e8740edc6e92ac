import { request } from '../text/en/request.ts';
import { TextField } from '../ui/text-field.tsx';
import type { Draft, WorkDraft } from './draft.ts';
import css from './section.module.css';

const text = request.draft;

/** Names of the limits in the draft with those in the job spec. */
const LIMITS = [
  ['seconds', 'timeMs'],
  ['memoryMiB', 'memoryMiB'],
  ['outputKiB', 'outputBytes'],
] as const;

interface LimitsSectionProps {
  draft: Draft;
  onChange(change: Partial<Draft>): void;
}

/** Bounds on each run, and the job's place among others. */
export function LimitsSection({ draft, onChange }: LimitsSectionProps) {
  return (
    <section className={css.section} aria-labelledby="limits">
      <h2 id="limits">{text.limits}</h2>
      <LimitFields draft={draft} onChange={onChange} />
      <div className={css.row}>
        <TextField
          label={text.deadline}
          help={text.deadlineHelp}
          path="deadline"
          type="datetime-local"
          value={draft.deadline}
          onChange={(deadline) => onChange({ deadline })}
        />
        <TextField
          label={text.priority}
          help={text.priorityHelp}
          path="priority"
          inputMode="numeric"
          value={draft.priority}
          onChange={(priority) => onChange({ priority })}
        />
      </div>
    </section>
  );
}

interface LimitFieldsProps {
  draft: WorkDraft;
  onChange(change: Partial<WorkDraft>): void;
}

/** Bounds on each run. */
export function LimitFields({ draft: { limits }, onChange }: LimitFieldsProps) {
  return (
    <div className={css.row}>
      {LIMITS.map(([name, inSpec]) => (
        <TextField
          key={name}
          label={text[name]}
          path={`limits.${inSpec}`}
          inputMode="decimal"
          value={limits[name]}
          onChange={(value) => onChange({ limits: { ...limits, [name]: value } })}
        />
      ))}
    </div>
  );
}
