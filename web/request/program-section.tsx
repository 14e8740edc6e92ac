import { useState } from 'react';
import { request } from '../text/en/request.ts';
import { Choice } from '../ui/choice.tsx';
import { FileField } from '../ui/file-field.tsx';
import { optionsOf } from '../ui/select-field.tsx';
import type { ProgramDraft } from './draft.ts';
import css from './section.module.css';
import { SourceEditor } from './source-editor.tsx';
import { filesProblem, takeFiles } from './take-files.ts';
import type { CompilerControls } from './use-compiler.ts';

const text = request.draft;

interface ProgramFieldsProps {
  draft: ProgramDraft;
  compiler: CompilerControls;
  onChange(change: Partial<ProgramDraft>): void;
}

/** The job's program. */
export function ProgramSection(props: ProgramFieldsProps) {
  return (
    <section className={css.section} aria-labelledby="program">
      <h2 id="program">{text.program}</h2>
      <ProgramFields {...props} />
    </section>
  );
}

/** A program: typed, dropped or compiled already. */
export function ProgramFields({ draft, compiler, onChange }: ProgramFieldsProps) {
  const { source } = draft;
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (files: File[]) => {
    const tooLarge = filesProblem(files);
    setProblem(tooLarge);
    if (tooLarge) return;
    try {
      onChange(await takeFiles(draft, files));
    } catch {
      setProblem(request.errors.fileUnreadable);
    }
  };
  return (
    <>
      <Choice
        label={text.sourceLabel}
        value={source}
        options={optionsOf(text.sources)}
        onChange={(chosen) => onChange({ source: chosen })}
      />
      {source === 'wasm' ? (
        <FileField
          label={text.choose}
          help={text.wasmHelp}
          accept=".wasm"
          path="program"
          files={draft.wasm ? [draft.wasm] : []}
          error={problem ?? undefined}
          onFiles={(files) => void take(files)}
        />
      ) : (
        <>
          <p className={css.help}>{source === 'javascript' ? text.javascriptHelp : text.cHelp}</p>
          <SourceEditor draft={draft} source={source} compiler={compiler} onChange={onChange} />
          <FileField
            label={text.fromFile}
            help={text.fromFileHelp}
            accept=".c,.cc,.cpp,.cxx,.h,.hpp,.js,.mjs,.wasm"
            multiple
            files={[]}
            error={problem ?? undefined}
            onFiles={(files) => void take(files)}
          />
        </>
      )}
    </>
  );
}
