import { use, useEffect, useId } from 'react';
import { fieldNames } from '../../shared/job/inputs.ts';
import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { FieldErrorsContext } from '../ui/field-errors.ts';
import { optionsOf } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { CollectFields } from './collect-section.tsx';
import type { StageDraft } from './draft.ts';
import { FieldNames, GivenFields } from './given-section.tsx';
import { ProgramFields } from './program-section.tsx';
import section from './section.module.css';
import css from './stage-item.module.css';
import { StageMore } from './stage-more.tsx';
import { useCompiler } from './use-compiler.ts';
import type { AddCompiler } from './use-compilers.ts';

const text = request.stages;
const FIELDS = fieldNames({ kind: 'parts', shards: 1 });

interface StageItemProps {
  stage: StageDraft;
  /** Its place among the further stages, from 0. */
  at: number;
  /** Of a tree those of each level; null where they are not known. */
  shards: readonly number[] | null;
  addCompiler: AddCompiler;
  onChange(change: Partial<StageDraft>): void;
  onRemove(): void;
}

/** One further stage: what it takes, its program, what that is given and what is collected of it. */
export function StageItem({ stage, at, shards, addCompiler, onChange, onRemove }: StageItemProps) {
  const heading = useId();
  const compiler = useCompiler(stage);
  const { compile } = compiler;
  const { key } = stage;
  useEffect(() => addCompiler(key, compile), [addCompiler, key, compile]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand beside the button
    <div role="group" aria-labelledby={heading} className={css.stage}>
      <div className={css.head}>
        <h3 id={heading}>{text.heading(at + 2)}</h3>
        <Button look="bare" aria-label={text.remove(at + 2)} onClick={onRemove}>
          {request.draft.remove}
        </Button>
      </div>
      <TextField
        label={text.name}
        path="name"
        value={stage.name}
        onChange={(name) => onChange({ name })}
      />
      <TakeFields stage={stage} shards={shards} onChange={onChange} />
      <h4>{request.draft.program}</h4>
      <ProgramFields draft={stage} compiler={compiler} onChange={onChange} />
      <h4>{request.draft.given}</h4>
      {stage.source === 'javascript' && <p className={section.help}>{text.javascriptHelp}</p>}
      <FieldNames names={FIELDS} />
      <GivenFields draft={stage} onChange={onChange} />
      <h4>{request.draft.collect}</h4>
      <CollectFields draft={stage} onChange={onChange} />
      <StageMore draft={stage} onChange={onChange} />
    </div>
  );
}

type TakeFieldsProps = Pick<StageItemProps, 'stage' | 'shards' | 'onChange'>;

function TakeFields({ stage: { take, arity }, shards, onChange }: TakeFieldsProps) {
  const error = use(FieldErrorsContext).get('take');
  return (
    <>
      <h4>{text.take}</h4>
      <Choice
        label={text.take}
        value={take}
        options={optionsOf(text.takes)}
        onChange={(chosen) => onChange({ take: chosen })}
      />
      <p className={section.help}>{text.takesHelp[take]}</p>
      {take === 'tree' && (
        <TextField
          label={text.arity}
          path="take.arity"
          inputMode="numeric"
          value={arity}
          onChange={(value) => onChange({ arity: value })}
        />
      )}
      {error && <p className={section.error}>{error}</p>}
      {shards && (
        <p role="status" className={section.help}>
          {text.shards(shards)}
        </p>
      )}
    </>
  );
}
