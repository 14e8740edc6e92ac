import { use, useState } from 'react';
import { request } from '../text/en/request.ts';
import { FieldErrorsContext } from '../ui/field-errors.ts';
import type { WorkDraft } from './draft.ts';
import { MoreGivenFields } from './given-section.tsx';
import { LimitFields } from './limits-section.tsx';
import css from './stage-item.module.css';
import { TrustFields } from './trust-section.tsx';

/** Paths in the job spec of the fields that are folded away. */
const FOLDED = /^(env|files|limits|replication)(\.|$)/;

interface StageMoreProps {
  draft: WorkDraft;
  onChange(change: Partial<WorkDraft>): void;
}

/** What a stage seldom needs to say, folded away unless something in it is wrong. */
export function StageMore({ draft, onChange }: StageMoreProps) {
  const errors = use(FieldErrorsContext);
  const [open, setOpen] = useState(false);
  const wrong = [...errors.keys()].some((path) => FOLDED.test(path));
  return (
    <details
      className={css.more}
      open={open || wrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{request.stages.more}</summary>
      <MoreGivenFields draft={draft} onChange={onChange} />
      <LimitFields draft={draft} onChange={onChange} />
      <TrustFields draft={draft} onChange={onChange} />
    </details>
  );
}
