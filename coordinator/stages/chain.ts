import { isEnded } from '../../shared/api/whole.ts';
import type { JobSpec, Take } from '../../shared/job/spec.ts';
import type { JobRow, NewJob, StagePlace } from '../store/store.ts';

/** A stage that was checked, ready to become a job. */
export interface ChainLink {
  name: string;
  /** Null for the first. */
  take: Take | null;
  spec: JobSpec;
  shards: number;
  programBytes: number;
}

type ChainedJob = Pick<NewJob, 'id' | 'spec' | 'shards' | 'programBytes' | 'stage'>;

/** The jobs of a chain, each with its place in it; a job without further stages has none. */
export function chainJobs(
  first: ChainLink,
  later: readonly ChainLink[],
  newId: () => string,
): ChainedJob[] {
  const links = [first, ...later];
  const ids = links.map(newId);
  return links.map(({ name, take, spec, shards, programBytes }, k) => {
    const place: StagePlace = {
      first: ids[0],
      number: k + 1,
      of: links.length,
      name,
      previous: ids[k - 1] ?? null,
      next: ids[k + 1] ?? null,
      take,
    };
    return { id: ids[k], spec, shards, programBytes, stage: later.length === 0 ? null : place };
  });
}

/** Whether nothing more happens to a job, if nobody retries it. */
export function hasEnded({ state }: Pick<JobRow, 'state'>): boolean {
  return isEnded(state);
}
