import { useState } from 'react';
import { Outcome, outcomeName } from '../../shared/verdict/outcome.ts';
import type { DryRunResult } from '../../worker/sandbox/dry-run.ts';
import { job as jobText } from '../text/en/job.ts';
import { request } from '../text/en/request.ts';
import { formatBytes } from '../text/format.ts';
import { Button } from '../ui/button.tsx';
import { ContentView } from '../ui/content-view.tsx';
import { Notice } from '../ui/notice.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { StageDraft } from './draft.ts';
import css from './dry-run-panel.module.css';
import type { DryRunControls } from './use-dry-run.ts';

const text = request.dryRun;

interface DryRunPanelProps {
  dryRun: DryRunControls;
  /** Shards of the job; null where that is not known. */
  shards: number | null;
  /** The further stages. */
  stages: readonly StageDraft[];
}

/** Lets the requester try one shard here, and shows all that came of it. */
export function DryRunPanel({ dryRun, shards, stages }: DryRunPanelProps) {
  const { state } = dryRun;
  const [typed, setTyped] = useState('0');
  const shard = /^\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  const known = shards !== null && shard < shards;
  const running = state.stage === 'running';
  const next = nextStage(state);
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
        {state.stage === 'ended' && (
          <>
            {state.at !== null && (
              <p className={css.help}>{text.stageTried(state.at + 2, state.shard)}</p>
            )}
            <Ended result={state.result} />
          </>
        )}
      </div>
      {next !== null && stages[next] && (
        <Button onClick={dryRun.runNext}>{text.runNext(next + 2)}</Button>
      )}
    </section>
  );
}

/** Place of the further stage that can be tried on what there is; null for none. */
function nextStage(state: DryRunControls['state']): number | null {
  if (state.stage !== 'ended' || state.result.outcome !== Outcome.ok) return null;
  return state.at === null ? 0 : state.at + 1;
}

function Ended({ result }: { result: DryRunResult }) {
  const { outcome, output, message, stderr, milliseconds } = result;
  const ok = outcome === Outcome.ok;
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
