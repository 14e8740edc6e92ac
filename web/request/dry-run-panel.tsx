import { useState } from 'react';
import { outcomeName } from '../../shared/verdict/outcome.ts';
import type { DryRunResult } from '../../worker/sandbox/dry-run.ts';
import { job as jobText } from '../text/en/job.ts';
import { request } from '../text/en/request.ts';
import { formatBytes } from '../text/format.ts';
import { Button } from '../ui/button.tsx';
import { ContentView } from '../ui/content-view.tsx';
import { Notice } from '../ui/notice.tsx';
import { TextField } from '../ui/text-field.tsx';
import css from './dry-run-panel.module.css';
import type { DryRunControls } from './use-dry-run.ts';

const text = request.dryRun;

interface DryRunPanelProps {
  dryRun: DryRunControls;
  /** Shards of the job; null where that is not known. */
  shards: number | null;
}

/** Lets the requester try one shard here, and shows all that came of it. */
export function DryRunPanel({ dryRun, shards }: DryRunPanelProps) {
  const { state } = dryRun;
  const [typed, setTyped] = useState('0');
  const shard = /^\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  const known = shards !== null && shard < shards;
  const running = state.stage === 'running';
  return (
    <section className={css.panel} aria-labelledby="dry-run">
      <h2 id="dry-run">{text.title}</h2>
      <p className={css.help}>{text.help}</p>
      <div className={css.row}>
        <TextField
          label={text.shard}
          inputMode="numeric"
          value={typed}
          error={shards !== null && !known ? text.noSuchShard(shards) : undefined}
          onChange={setTyped}
        />
        {running ? (
          <Button onClick={dryRun.stop}>{text.stop}</Button>
        ) : (
          <Button disabled={!known} onClick={() => dryRun.run(shard)}>
            {text.run}
          </Button>
        )}
      </div>
      <div role="status">
        {running && <p>{text.running}</p>}
        {state.stage === 'failed' && <Notice kind="warm">{state.message}</Notice>}
        {state.stage === 'ended' && <Outcome result={state.result} />}
      </div>
    </section>
  );
}

function Outcome({ result }: { result: DryRunResult }) {
  const { outcome, output, message, stderr, milliseconds } = result;
  const ok = outcome === 0;
  const name = outcomeName(outcome) ?? 'crashed';
  return (
    <div className={css.outcome}>
      <p className={css.verdict} data-ok={ok || undefined}>
        {ok ? text.ok : text.failed(jobText.outcomes[name])} {text.took(milliseconds)}
        {ok && `, ${text.output(formatBytes(result.outputBytes))}`}.
      </p>
      {message !== '' && <p className={css.message}>{message}</p>}
      {output.value !== undefined && (
        <ContentView label={text.outputs.value} content={output.value} />
      )}
      {output.stdout && <ContentView label={text.outputs.stdout} content={output.stdout} />}
      {output.exitCode !== undefined && (
        <ContentView label={text.outputs.exitCode} content={String(output.exitCode)} />
      )}
      {output.files?.map(({ path, bytes }) => (
        <ContentView key={path} label={path} content={bytes} />
      ))}
      {stderr !== '' && <ContentView label={text.outputs.stderr} content={stderr} />}
    </div>
  );
}
