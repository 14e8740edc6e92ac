import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { fieldNames } from '../../shared/job/inputs.ts';
import type { Inputs } from '../../shared/job/spec.ts';
import { useClient } from '../api/client-context.ts';
import { request } from '../text/en/request.ts';
import { FieldErrorsContext } from '../ui/field-errors.ts';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { checkDraft } from './check-draft.ts';
import { CollectSection } from './collect-section.tsx';
import type { Draft } from './draft.ts';
import { shownErrors } from './draft-errors.ts';
import { givenFor } from './draft-start.ts';
import { DryRunPanel } from './dry-run-panel.tsx';
import { EstimatePanel } from './estimate-panel.tsx';
import { GivenSection } from './given-section.tsx';
import { InputsSection } from './inputs-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import css from './new-job-page.module.css';
import { PostPanel } from './post-panel.tsx';
import { ProgramSection } from './program-section.tsx';
import { SameAs } from './same-as.tsx';
import { StagesSection } from './stages-section.tsx';
import { NO_BLOBS, toSpec } from './to-spec.ts';
import { TrustSection } from './trust-section.tsx';
import { useCompilers } from './use-compilers.ts';
import { useDryRun } from './use-dry-run.ts';
import { useFileIndex } from './use-file-index.ts';
import { usePosting } from './use-posting.ts';
import { usePreview } from './use-preview.ts';

const text = request.draft;

/** Everything that a job is made of, checked as it is written, tried and posted. */
export function DraftForm({ first }: { first: Draft }) {
  const client = useClient();
  const form = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState(first);
  const [tried, setTried] = useState(false);
  const projects = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => client.projects(signal),
  });
  const { compiler, compileOf, addCompiler } = useCompilers(draft);
  const index = useFileIndex(draft);
  const checked = useMemo(
    () => checkDraft(draft, index.stage === 'ready' ? index.index : null, Date.now()),
    [draft, index],
  );
  const { spec, shards, stages } = checked;
  const preview = usePreview(draft, checked, index);
  const dryRun = useDryRun({ draft, compileOf, index, spec, shards, stages });
  const posting = usePosting();
  const errors = shownErrors(checked.errors, posting.state, tried);

  const change = (part: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...part }));
    posting.reset();
  };
  const post = () => {
    setTried(true);
    if (checked.errors.size === 0) return posting.post(draft, compileOf);
    // After the fields have been marked.
    requestAnimationFrame(() => {
      const first = form.current?.querySelector<HTMLElement>('[aria-invalid]');
      const folded = first?.closest('details');
      if (folded) folded.open = true;
      first?.focus();
    });
  };

  return (
    <FieldErrorsContext value={errors}>
      <div className={css.columns}>
        <div ref={form} className={css.form}>
          <div className={css.names}>
            <TextField
              label={text.name}
              help={text.nameHelp}
              path="name"
              value={draft.name}
              onChange={(name) => change({ name })}
            />
            <SelectField
              label={text.project}
              path="project"
              value={draft.project}
              options={[
                ['', text.noProject],
                ...(projects.data ?? []).map(({ id, name }) => [id, name] as const),
              ]}
              onChange={(project) => change({ project })}
            />
          </div>
          <ProgramSection draft={draft} compiler={compiler} onChange={change} />
          <InputsSection
            inputs={draft.inputs}
            index={index}
            shards={shards}
            onChange={(inputs) => change({ inputs, ...givenFor(draft, inputs.kind) })}
          />
          <GivenSection
            draft={draft}
            fields={fieldsOf(draft)}
            preview={preview}
            onChange={change}
          />
          <CollectSection draft={draft} onChange={change} />
          <TrustSection draft={draft} onChange={change} />
          <LimitsSection draft={draft} onChange={change} />
          <StagesSection
            draft={draft}
            planned={stages}
            addCompiler={addCompiler}
            onChange={change}
          />
          <SameAs draft={draft} />
        </div>
        <aside className={css.aside} aria-label={text.check}>
          <DryRunPanel dryRun={dryRun} shards={shards} stages={draft.stages} />
          <EstimatePanel
            shards={shards}
            shardMs={dryRun.shardMs}
            staged={draft.stages.length > 0}
            replicas={Number(draft.replicas)}
            quorum={Number(draft.quorum)}
          />
          <PostPanel
            state={posting.state}
            shards={shards}
            stages={draft.stages.length}
            problems={tried ? errors.size : 0}
            onPost={post}
          />
        </aside>
      </div>
    </FieldErrorsContext>
  );
}

/** Names of the template fields; inputs that are not right yet have names all the same. */
function fieldsOf(draft: Draft): string[] {
  return fieldNames(toSpec(draft, NO_BLOBS).inputs as Inputs);
}
