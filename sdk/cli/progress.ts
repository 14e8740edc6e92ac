import type { Job } from '../../shared/api/schemas.ts';

const BAR_WIDTH = 28;

/** Why a job stands still, for a person. */
const STALLED: Readonly<Record<NonNullable<Job['stalled']>, string>> = {
  'no-nodes': 'waiting: nobody is contributing now',
  'no-nodes-for-kind': 'waiting: no node can run this kind of program',
  'needs-more-nodes': 'waiting: answers need more distinct nodes',
  'needs-more-networks': 'waiting: answers need nodes on more networks',
};

/** One line that says how far a job is: bar, share, counts, rate, time left. */
export function progressLine(job: Job): string {
  const { done, failed } = job.counts;
  const share = job.shards === 0 ? 1 : (done + failed) / job.shards;
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const { stage } = job;
  const prefix = stage ? `stage ${stage.number} of ${stage.of} (${stage.name}) ` : '';
  const parts = [
    `${(share * 100).toFixed(1)}%`,
    `${count(done + failed)}/${count(job.shards)} shards`,
  ];
  if (failed > 0) parts.push(`${count(failed)} failed`);
  if (job.state !== 'running') parts.push(job.state);
  else if (job.stalled) parts.push(STALLED[job.stalled]);
  else {
    if (job.rate > 0) parts.push(`${rate(job.rate)}/s`);
    if (job.remainingMs !== null) parts.push(`${duration(job.remainingMs)} left`);
    parts.push(`${job.nodes} ${job.nodes === 1 ? 'node' : 'nodes'}`);
  }
  return `${prefix}${bar} ${parts.join(' · ')}`;
}

/** Two largest units of a time: `1 h 5 min`, `42 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function rate(value: number): string {
  return value >= 100 ? count(Math.round(value)) : value.toPrecision(2);
}

/** A line on a terminal that replaces itself; where there is no terminal, nothing. */
export class StatusLine {
  readonly #terminal = process.stderr.isTTY === true;
  readonly #quiet: boolean;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  show(text: string): void {
    if (this.#quiet || !this.#terminal) return;
    const width = process.stderr.columns ?? 80;
    process.stderr.write(`\r\x1b[K${text.slice(0, width - 1)}`);
  }

  /** Leaves the last line standing and goes on below it. */
  end(text?: string): void {
    if (this.#quiet) return;
    if (this.#terminal) process.stderr.write(`\r\x1b[K${text === undefined ? '' : `${text}\n`}`);
    else if (text !== undefined) process.stderr.write(`${text}\n`);
  }
}
