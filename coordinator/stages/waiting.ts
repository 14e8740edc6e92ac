import type { StageSummary } from '../../shared/api/schemas.ts';
import type { ErrorBody } from '../../shared/errors.ts';
import type { JobRow } from '../store/store.ts';

/**
 * Why a stage has not begun, for a person; null where it has, or will in a moment.
 * @param problem of the starter with it
 */
export function whyWaiting(
  { state, stage }: Pick<JobRow, 'state' | 'stage'>,
  before: Pick<JobRow, 'state' | 'failed'> | undefined,
  problem: ErrorBody | null,
): StageSummary['waits'] {
  if (state !== 'waiting' || !stage || !before) return null;
  const { number } = stage;
  if (problem) {
    const message = `Stage ${number} cannot begin. ${problem.message}`;
    return { code: problem.code, message };
  }
  if (before.state !== 'done')
    return {
      code: 'STAGE_BEFORE_OPEN',
      message: `Stage ${number} begins when stage ${number - 1} is done.`,
    };
  if (before.failed === 0) return null;
  const shards = before.failed === 1 ? '1 shard' : `${before.failed} shards`;
  return {
    code: 'STAGE_BEFORE_FAILED',
    message: `Stage ${number} waits: ${shards} of stage ${number - 1} failed. Retry what failed, or cancel the job.`,
  };
}
