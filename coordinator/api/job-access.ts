import { ManyhandsError } from '../../shared/errors.ts';
import type { JobRow, Store } from '../store/store.ts';
import type { Call } from './route.ts';

/**
 * The job of a call, if the caller may see it: its requester, an administrator, or a holder of its
 * download key (then the call has no requester, and `serve` has checked the key).
 * @throws ManyhandsError `JOB_NOT_FOUND`, also for other people's jobs, so that ids tell nothing
 */
export async function requireJob(
  call: Call,
  store: Pick<Store, 'job'>,
  id = call.parameter('id'),
): Promise<JobRow> {
  const row = await store.job(id);
  const { requester } = call;
  if (row && (!requester || requester.admin || row.requester === requester.number)) return row;
  throw new ManyhandsError('JOB_NOT_FOUND', 'There is no job of this id among yours.', {
    job: id.slice(0, 64),
  });
}
