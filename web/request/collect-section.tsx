import { request } from '../text/en/request.ts';
import { CheckField } from '../ui/check-field.tsx';
import { useFieldError } from '../ui/field-errors.ts';
import { TextField } from '../ui/text-field.tsx';
import type { Draft, WorkDraft } from './draft.ts';
import { PictureFields } from './picture-fields.tsx';
import css from './section.module.css';

const text = request.draft;

interface CollectSectionProps {
  draft: Draft;
  onChange(change: Partial<Draft>): void;
}

/** Which parts of a run are its answer, and whether they make a picture. */
export function CollectSection({ draft, onChange }: CollectSectionProps) {
  return (
    <section className={css.section} aria-labelledby="collect">
      <h2 id="collect">{text.collect}</h2>
      <p className={css.help}>{text.collectHelp}</p>
      <CollectFields draft={draft} onChange={onChange} />
      {draft.source !== 'javascript' && <PictureFields draft={draft} onChange={onChange} />}
    </section>
  );
}

interface CollectFieldsProps {
  draft: WorkDraft;
  onChange(change: Partial<WorkDraft>): void;
}

/** Which parts of a run are its answer. */
export function CollectFields({ draft, onChange }: CollectFieldsProps) {
  const error = useFieldError('collect');
  const { collect } = draft;
  const javascript = draft.source === 'javascript';
  const box = (name: 'stdout' | 'stderr' | 'exitCode' | 'value', help?: string) => (
    <CheckField
      label={text.collects[name]}
      help={help}
      checked={collect[name]}
      onChange={(checked) => onChange({ collect: { ...collect, [name]: checked } })}
    />
  );
  return (
    <>
      <div>
        {javascript ? box('value') : box('stdout')}
        {box('stderr')}
        {!javascript && box('exitCode', text.exitCodeHelp)}
      </div>
      {!javascript && (
        <TextField
          label={text.collectFiles}
          path="collect.files"
          rows={2}
          mono
          value={collect.files}
          onChange={(files) => onChange({ collect: { ...collect, files } })}
        />
      )}
      {error && <p className={css.error}>{error}</p>}
    </>
  );
}
