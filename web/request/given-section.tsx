import { request } from '../text/en/request.ts';
import { TextField } from '../ui/text-field.tsx';
import type { Draft } from './draft.ts';
import { GivenFiles } from './given-files.tsx';
import type { PreviewRow } from './preview.ts';
import { PreviewTable } from './preview-table.tsx';
import css from './section.module.css';

const text = request.draft;

interface GivenSectionProps {
  draft: Draft;
  /** Names of the template fields that the inputs give. */
  fields: readonly string[];
  preview: readonly PreviewRow[];
  onChange(change: Partial<Draft>): void;
}

/** How each shard's input reaches the program, and how that looks for the first shards. */
export function GivenSection({ draft, fields, preview, onChange }: GivenSectionProps) {
  const wasi = draft.source !== 'javascript';
  return (
    <section className={css.section} aria-labelledby="given">
      <h2 id="given">{text.given}</h2>
      <p className={css.help}>{text.givenHelp}</p>
      <p className={css.fields}>
        {text.fields}{' '}
        {fields.map((name) => (
          <code key={name}>{`{${name}}`}</code>
        ))}
      </p>
      <TextField
        label={text.args}
        path="args"
        rows={2}
        mono
        value={draft.args}
        onChange={(args) => onChange({ args })}
      />
      {wasi && (
        <TextField
          label={text.stdin}
          path="stdin"
          rows={2}
          mono
          value={draft.stdin}
          onChange={(stdin) => onChange({ stdin })}
        />
      )}
      <TextField
        label={text.env}
        path="env"
        rows={2}
        mono
        value={draft.env}
        onChange={(env) => onChange({ env })}
      />
      {wasi && <GivenFiles files={draft.files} onChange={(files) => onChange({ files })} />}
      <PreviewTable rows={preview} />
    </section>
  );
}
