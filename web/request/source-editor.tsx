import { lazy, Suspense, useMemo, useState } from 'react';
import type { Diagnostic } from '../../shared/job/diagnostics.ts';
import { common } from '../text/en/common.ts';
import { request } from '../text/en/request.ts';
import { Choice } from '../ui/choice.tsx';
import { useFieldError } from '../ui/field-errors.ts';
import { CompileStatus } from './compile-status.tsx';
import type { CodeSource, ProgramDraft } from './draft.ts';
import css from './section.module.css';
import { withText } from './take-files.ts';
import type { CompilerControls, CompileState } from './use-compiler.ts';

const CodeEditor = lazy(() => import('../ui/code-editor.tsx'));
const text = request.draft;

interface SourceEditorProps {
  draft: ProgramDraft;
  source: CodeSource;
  compiler: CompilerControls;
  onChange(change: Partial<ProgramDraft>): void;
}

/** The program's text, all files of it, with what the compiler says of each at its lines. */
export function SourceEditor({ draft, source, compiler, onChange }: SourceEditorProps) {
  const error = useFieldError('program');
  const [chosen, setChosen] = useState<string | null>(null);
  const [place, setPlace] = useState<{ line: number; column: number } | null>(null);
  const main = draft.fileNames[source];
  const more = source === 'javascript' ? [] : draft.moreFiles;
  const other = more.find(({ name }) => name === chosen);
  const fileName = other?.name ?? main;
  const { state } = compiler;
  const marks = useMemo(() => marksOf(state, fileName), [state, fileName]);

  const goTo = ({ file, line, column }: Diagnostic) => {
    setChosen(file);
    setPlace({ line, column });
  };

  return (
    <>
      {more.length > 0 && (
        <Choice
          label={text.sourceFile}
          value={fileName}
          options={[main, ...more.map(({ name }) => name)].map((name) => [name, name] as const)}
          onChange={setChosen}
        />
      )}
      <Suspense fallback={<p role="status">{common.loading}</p>}>
        <CodeEditor
          key={fileName}
          label={text.editor}
          language={source === 'javascript' ? 'javascript' : 'c'}
          value={other?.text ?? draft.code[source]}
          marks={marks}
          goTo={place}
          onChange={(code) => onChange(withText(draft, source, fileName, code))}
        />
      </Suspense>
      {error && <p className={css.error}>{error}</p>}
      {source !== 'javascript' && <CompileStatus compiler={compiler} onPlace={goTo} />}
    </>
  );
}

/** What the compiler says of one file, for the editor. */
function marksOf(state: CompileState, fileName: string) {
  if (state.stage !== 'failed' && state.stage !== 'ready') return [];
  return state.diagnostics
    .filter(({ file, line }) => file === fileName && line > 0)
    .map(({ severity, ...mark }) => ({
      ...mark,
      severity: severity === 'note' ? ('info' as const) : severity,
    }));
}
