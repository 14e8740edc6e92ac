import { request } from '../text/en/request.ts';
import { optionsOf, SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Draft, WorkDraft } from './draft.ts';
import css from './section.module.css';

const text = request.draft;

interface TrustSectionProps {
  draft: Draft;
  onChange(change: Partial<Draft>): void;
}

/** How answers come to be believed, and what is done where the crowd is small. */
export function TrustSection({ draft, onChange }: TrustSectionProps) {
  return (
    <section className={css.section} aria-labelledby="trust">
      <h2 id="trust">{text.trust}</h2>
      <TrustFields draft={draft} onChange={onChange} />
      <SelectField
        label={text.networks}
        value={draft.networks}
        options={optionsOf(text.networksModes)}
        onChange={(networks) => onChange({ networks })}
      />
    </section>
  );
}

interface TrustFieldsProps {
  draft: WorkDraft;
  onChange(change: Partial<WorkDraft>): void;
}

/** How answers come to be believed, and in plain words what that means. */
export function TrustFields({ draft, onChange }: TrustFieldsProps) {
  const field = (name: 'replicas' | 'quorum' | 'maxAttempts', help: string) => (
    <TextField
      label={text[name]}
      help={help}
      path={`replication.${name}`}
      inputMode="numeric"
      value={draft[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <>
      <p className={css.say}>{text.trustSay(Number(draft.replicas), Number(draft.quorum))}</p>
      <div className={css.row}>
        {field('replicas', text.replicasHelp)}
        {field('quorum', text.quorumHelp)}
        {field('maxAttempts', text.maxAttemptsHelp)}
      </div>
    </>
  );
}
