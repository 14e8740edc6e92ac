import { use } from 'react';
import { MAX_STAGES } from '../../shared/job/limits.ts';
import type { PlannedStage } from '../../shared/job/plan-stages.ts';
import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import { FieldErrorsContext } from '../ui/field-errors.ts';
import type { Draft, StageDraft } from './draft.ts';
import { errorsWithin } from './draft-errors.ts';
import { firstStage } from './draft-start.ts';
import { nextKey } from './keyed.ts';
import css from './section.module.css';
import { StageItem } from './stage-item.tsx';
import type { AddCompiler } from './use-compilers.ts';

const text = request.stages;

interface StagesSectionProps {
  draft: Draft;
  /** The jobs that the stages become; null where that is not known. */
  planned: readonly PlannedStage[] | null;
  addCompiler: AddCompiler;
  onChange(change: Partial<Draft>): void;
}

/** What is done with the outputs before the requester has them. */
export function StagesSection({ draft, planned, addCompiler, onChange }: StagesSectionProps) {
  const errors = use(FieldErrorsContext);
  const { stages } = draft;
  const error = errors.get('stages');
  const change = (key: number, part: Partial<StageDraft>) =>
    onChange({
      stages: stages.map((stage) => (stage.key === key ? { ...stage, ...part } : stage)),
    });
  const add = () =>
    onChange({ stages: [...stages, firstStage(stages.at(-1) ?? draft, nextKey(stages))] });
  return (
    <section className={css.section} aria-labelledby="stages">
      <h2 id="stages">{text.title}</h2>
      <p className={css.help}>{text.help}</p>
      {stages.length > 0 && (
        <ol className={css.list}>
          {stages.map((stage, at) => (
            <li key={stage.key}>
              <FieldErrorsContext value={errorsWithin(errors, `stages.${at}`)}>
                <StageItem
                  stage={stage}
                  at={at}
                  shards={shardsOf(planned, at)}
                  addCompiler={addCompiler}
                  onChange={(part) => change(stage.key, part)}
                  onRemove={() => onChange({ stages: stages.filter((one) => one !== stage) })}
                />
              </FieldErrorsContext>
            </li>
          ))}
        </ol>
      )}
      {error && <p className={css.error}>{error}</p>}
      <Button className={css.start} disabled={stages.length === MAX_STAGES} onClick={add}>
        {text.add}
      </Button>
    </section>
  );
}

/** Shards of a stage, of a tree those of each level; null where they are not known. */
function shardsOf(planned: readonly PlannedStage[] | null, at: number): number[] | null {
  if (!planned) return null;
  return planned.flatMap(({ stated, shards }) => (stated === at ? [shards] : []));
}
