import { lazy, Suspense, useState } from 'react';
import { common } from '../text/en/common.ts';
import { request } from '../text/en/request.ts';
import { Choice } from '../ui/choice.tsx';
import { useFieldError } from '../ui/field-errors.ts';
import { FileField } from '../ui/file-field.tsx';
import { optionsOf } from '../ui/select-field.tsx';
import { CompileStatus } from './compile-status.tsx';
import type { Draft, ProgramSource } from './draft.ts';
import css from './section.module.css';
import { sourceOf } from './source-of.ts';
import type { CompilerControls } from './use-compiler.ts';

const CodeEditor = lazy(() => import('../ui/code-editor.tsx'));
const text = request.draft;

interface ProgramSectionProps {
  draft: Draft;
  compiler: CompilerControls;
  onChange(change: Partial<Draft>): void;
}

/** The program: typed, dropped or compiled already. */
export function ProgramSection({ draft, compiler, onChange }: ProgramSectionProps) {
  const error = useFieldError('program');
  const [place, setPlace] = useState<{ line: number; column: number } | null>(null);
  const { source } = draft;

  const take = async ([file]: File[]) => {
    const kind = sourceOf(file.name);
    if (kind === 'wasm') onChange({ source: kind, wasm: file });
    else onChange({ source: kind, code: { ...draft.code, [kind]: await file.text() } });
  };

  const { state } = compiler;
  const marks =
    state.stage === 'failed' || state.stage === 'ready'
      ? state.diagnostics.flatMap(({ severity, line, column, message }) =>
          line === 0
            ? []
            : [
                {
                  line,
                  column,
                  message,
                  severity: severity === 'note' ? 'info' : severity,
                } as const,
              ],
        )
      : NO_MARKS;

  return (
    <section className={css.section} aria-labelledby="program">
      <h2 id="program">{text.program}</h2>
      <Choice<ProgramSource>
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
          onFiles={(files) => void take(files)}
        />
      ) : (
        <>
          <p className={css.help}>{source === 'javascript' ? text.javascriptHelp : text.cHelp}</p>
          <Suspense fallback={<p role="status">{common.loading}</p>}>
            <CodeEditor
              label={text.editor}
              language={source === 'javascript' ? 'javascript' : 'c'}
              value={draft.code[source]}
              marks={marks}
              goTo={place}
              onChange={(code) => onChange({ code: { ...draft.code, [source]: code } })}
            />
          </Suspense>
          {error && <p className={css.error}>{error}</p>}
          {source !== 'javascript' && <CompileStatus compiler={compiler} onPlace={setPlace} />}
          <FileField
            label={text.fromFile}
            accept=".c,.cc,.cpp,.cxx,.js,.mjs,.wasm"
            files={[]}
            onFiles={(files) => void take(files)}
          />
        </>
      )}
    </section>
  );
}

/** Always the same array, so that the editor is not told again that there are none. */
const NO_MARKS: never[] = [];
