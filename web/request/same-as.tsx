import { request } from '../text/en/request.ts';
import { CopyBlock } from '../ui/copy-block.tsx';
import { commandLine, curlCommands } from './command-line.ts';
import type { Draft } from './draft.ts';
import css from './same-as.module.css';

const text = request.post;

/** What the draft says, for those who would rather type it. */
export function SameAs({ draft }: { draft: Draft }) {
  const { command, jobFile } = commandLine(draft);
  return (
    <details className={css.same}>
      <summary>{text.same}</summary>
      <CopyBlock label={text.cli} text={command} />
      {jobFile !== null && <CopyBlock label={text.specFile} text={jobFile} />}
      <CopyBlock label={text.curl} text={curlCommands(draft, location.origin)} />
    </details>
  );
}
