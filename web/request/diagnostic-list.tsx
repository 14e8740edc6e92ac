import type { Diagnostic } from '../../shared/job/diagnostics.ts';
import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import css from './diagnostic-list.module.css';

interface DiagnosticListProps {
  diagnostics: readonly Diagnostic[];
  onPlace(diagnostic: Diagnostic): void;
}

/** What the compiler says, each with the way to its place. */
export function DiagnosticList({ diagnostics, onPlace }: DiagnosticListProps) {
  return (
    <ul className={css.list}>
      {diagnostics.map((diagnostic) => {
        const { severity, file, line, column, message } = diagnostic;
        return (
          <li key={`${file}:${line}:${column} ${message}`} className={css[severity]}>
            {line > 0 && (
              <Button look="bare" onClick={() => onPlace(diagnostic)}>
                {request.draft.place(file ?? '', line, column)}
              </Button>
            )}
            <span>
              <strong>{request.draft.severities[severity]}:</strong> {message}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
