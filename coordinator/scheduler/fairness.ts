import type { ActiveJob } from './job.ts';

/** A requester that has waited may catch up by at most this much leased computing, in milliseconds. */
const CATCH_UP_MS = 10_000;

/** One requester's place in the order of turns. */
export interface Share {
  readonly requester: number;
  /** Computing leased for it so far, in milliseconds, moved up to the others' when it came back. */
  time: number;
  /** Running jobs, the first to be served first. */
  readonly jobs: ActiveJob[];
}

/** Fair shares by virtual time: whoever has been leased the least computing is served next. */
export class Shares {
  readonly #shares: Share[] = [];
  /** Virtual time of the requester that was served last. */
  #clock = 0;

  add(job: ActiveJob): void {
    let share = this.#shares.find(({ requester }) => requester === job.spec.requester);
    if (!share) {
      share = { requester: job.spec.requester, time: this.#clock, jobs: [] };
      this.#shares.push(share);
    }
    share.jobs.push(job);
    share.jobs.sort(byUrgency);
  }

  remove(job: ActiveJob): void {
    const at = this.#shares.findIndex(({ requester }) => requester === job.spec.requester);
    if (at < 0) return;
    const { jobs } = this.#shares[at];
    const place = jobs.indexOf(job);
    if (place >= 0) jobs.splice(place, 1);
    if (jobs.length === 0) this.#shares.splice(at, 1);
  }

  /** Requesters with running jobs, the next to be served first. Not to be kept. */
  inTurn(): readonly Share[] {
    return this.#shares.sort((a, b) => a.time - b.time || a.requester - b.requester);
  }

  /** Puts leased computing on the account of a job's requester, or takes some off it. */
  charge(job: ActiveJob, ms: number): void {
    const share = this.#shares.find(({ requester }) => requester === job.spec.requester);
    if (!share) return;
    if (ms > 0) {
      this.#clock = Math.max(this.#clock, share.time);
      share.time = Math.max(share.time, this.#clock - CATCH_UP_MS);
    }
    share.time += ms;
  }
}

/** Among one requester's jobs: priority, then the nearer deadline, then age. */
function byUrgency(a: ActiveJob, b: ActiveJob): number {
  const x = a.spec;
  const y = b.spec;
  return (
    y.priority - x.priority ||
    (x.deadline ?? Number.MAX_VALUE) - (y.deadline ?? Number.MAX_VALUE) ||
    x.createdAt - y.createdAt ||
    x.job - y.job
  );
}
