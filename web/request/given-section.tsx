import { request } from '../text/en/request.ts';
import { TextField } from '../ui/text-field.tsx';
import type { WorkDraft } from './draft.ts';
import { GivenFiles } from './given-files.tsx';
import type { PreviewRow } from './preview.ts';
import { PreviewTable } from './preview-table.tsx';
import css from './section.module.css';

const text = request.draft;

interface GivenFieldsProps {
  draft: WorkDraft;
  onChange(change: Partial<WorkDraft>): void;
}

interface GivenSectionProps extends GivenFieldsProps {
  /** Names of the template fields that the inputs give. */
  fields: readonly string[];
  preview: readonly PreviewRow[];
}

/** How each shard's input reaches the program, and how that looks for the first shards. */
export function GivenSection({ draft, fields, preview, onChange }: GivenSectionProps) {
  return (
    <section className={css.section} aria-labelledby="given">
      <h2 id="given">{text.given}</h2>
      <p className={css.help}>{text.givenHelp}</p>
      <FieldNames names={fields} />
      <GivenFields draft={draft} onChange={onChange} />
      <MoreGivenFields draft={draft} onChange={onChange} />
      <PreviewTable rows={preview} />
    </section>
  );
}

/** The fields that templates may have. */
export function FieldNames({ names }: { names: readonly string[] }) {
  return (
    <p className={css.fields}>
      {text.fields}{' '}
      {names.map((name) => (
        <code key={name}>{`{${name}}`}</code>
      ))}
    </p>
  );
}

/** Arguments and standard input of a program. */
export function GivenFields({ draft, onChange }: GivenFieldsProps) {
  return (
    <>
      <TextField
        label={text.args}
        path="args"
        rows={2}
        mono
        value={draft.args}
        onChange={(args) => onChange({ args })}
      />
      {draft.source !== 'javascript' && (
        <TextField
          label={text.stdin}
          path="stdin"
          rows={2}
          mono
          value={draft.stdin}
          onChange={(stdin) => onChange({ stdin })}
        />
      )}
    </>
  );
}

/** What fewer programs need: environment and files. */
export function MoreGivenFields({ draft, onChange }: GivenFieldsProps) {
  return (
    <>
      <TextField
        label={text.env}
        path="env"
        rows={2}
        mono
        value={draft.env}
        onChange={(env) => onChange({ env })}
      />
      {draft.source !== 'javascript' && (
        <GivenFiles files={draft.files} onChange={(files) => onChange({ files })} />
      )}
    </>
  );
}
