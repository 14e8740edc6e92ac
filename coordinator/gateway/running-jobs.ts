import type { JobNumber } from '../scheduler/events.ts';
import type { JobRow, Store } from '../store/store.ts';

/** Running jobs read at once. */
const JOBS_PAGE = 500;

/** All jobs that run, as the store has them, the newest first. */
export async function* runningJobs(store: Pick<Store, 'jobs'>): AsyncGenerator<JobRow> {
  let before: JobNumber | undefined;
  for (;;) {
    const page = await store.jobs({ requester: null, state: 'running', limit: JOBS_PAGE, before });
    yield* page;
    if (page.length < JOBS_PAGE) return;
    before = page[page.length - 1].number;
  }
}
