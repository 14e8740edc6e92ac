import type { Diagnostic } from '../../shared/job/diagnostics.ts';
import { common } from '../text/en/common.ts';
import { request } from '../text/en/request.ts';
import { formatBytes, formatDuration } from '../text/format.ts';
import { Button } from '../ui/button.tsx';
import css from './compile-status.module.css';
import { DiagnosticList } from './diagnostic-list.tsx';
import type { CompilerControls, CompileState } from './use-compiler.ts';

const text = request.draft;

interface CompileStatusProps {
  compiler: CompilerControls;
  /** The user wants to see a place in the source. */
  onPlace(diagnostic: Diagnostic): void;
}

/** The Compile button, how it goes, and what the compiler says. */
export function CompileStatus({ compiler, onPlace }: CompileStatusProps) {
  const { state } = compiler;
  const compiling = state.stage === 'compiling';
  return (
    <div className={css.status}>
      <div className={css.row}>
        <Button
          busy={compiling}
          disabled={state.stage === 'ready'}
          onClick={() => void compiler.compile()}
        >
          {text.compile}
        </Button>
        {compiling && (
          <Button look="bare" onClick={compiler.cancel}>
            {common.cancel}
          </Button>
        )}
        <p role="status" className={css.words}>
          {say(state)}
        </p>
      </div>
      {compiling && state.loaded && (
        <progress className={css.progress} value={state.loaded.done} max={state.loaded.total}>
          {say(state)}
        </progress>
      )}
      {state.stage === 'failed' && state.diagnostics.length === 0 && (
        <p className={css.failure} role="alert">
          {state.message}
        </p>
      )}
      {(state.stage === 'failed' || state.stage === 'ready') && state.diagnostics.length > 0 && (
        <DiagnosticList diagnostics={state.diagnostics} onPlace={onPlace} />
      )}
    </div>
  );
}

function say(state: CompileState): string {
  switch (state.stage) {
    case 'none':
      return '';
    case 'compiling': {
      const { loaded } = state;
      if (!loaded) return text.compiling;
      return text.loadingCompiler(formatBytes(loaded.done), formatBytes(loaded.total));
    }
    case 'ready': {
      const { length } = state.diagnostics;
      const warnings = length > 0 ? ` ${text.warnings(length)}.` : '';
      return text.compiled(formatBytes(state.wasm.length), formatDuration(state.tookMs)) + warnings;
    }
    case 'failed': {
      const errors = state.diagnostics.filter(({ severity }) => severity === 'error');
      return errors.length > 0 ? text.compileFailed(errors.length) : '';
    }
  }
}
