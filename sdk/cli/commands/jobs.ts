import type { Command } from 'commander';
import type { Job } from '../../../shared/api/schemas.ts';
import { action } from '../context.ts';
import { duration, progressLine } from '../progress.ts';

/** `manyhands jobs` and `manyhands job`. */
export function addJobs(program: Command): void {
  const list = program.command('jobs').description('list your jobs, newest first');
  action(list, async ({ client, print }) => {
    const jobs = await client.jobs();
    print(
      jobs.length === 0 ? 'No jobs yet. Post one with: manyhands run' : jobs.map(row).join('\n'),
      { jobs },
    );
    return undefined;
  });

  const show = program.command('job').description('show one job').argument('<job>', 'its id');
  action<[string]>(show, async ({ client, print }, id) => {
    const job = await client.job(id);
    print(
      `${job.spec.name}\n${progressLine(job)}\ncomputed for ${duration(job.computeMs)} so far`,
      job,
    );
    return undefined;
  });
}

function row(job: Job): string {
  const ended = job.counts.done + job.counts.failed;
  const share = `${Math.floor((100 * ended) / job.shards)}%`.padStart(4);
  const failed = job.counts.failed > 0 ? `  ${job.counts.failed} failed` : '';
  return `${job.id}  ${job.state.padEnd(9)} ${share}  ${job.spec.name}${failed}`;
}
