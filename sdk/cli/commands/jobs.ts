import type { Command } from 'commander';
import type { Job } from '../../../shared/api/schemas.ts';
import { stageNow, wholeState } from '../../../shared/api/whole.ts';
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
      `${job.spec.name}\n${progressLine(job)}\n${stageLines(job)}computed for ${duration(job.computeMs)} so far`,
      job,
    );
    return undefined;
  });
}

function row(job: Job): string {
  const { shards, done, failed } = stageNow(job) ?? { shards: job.shards, ...job.counts };
  const share = `${Math.floor((100 * (done + failed)) / shards)}%`.padStart(4);
  const stage = job.stage ? `  stage ${stageNow(job)?.number} of ${job.stage.of}` : '';
  const failures = failed > 0 ? `  ${failed} failed` : '';
  return `${job.id}  ${wholeState(job).padEnd(9)} ${share}  ${job.spec.name}${stage}${failures}`;
}

function stageLines({ stage }: Job): string {
  if (!stage) return '';
  return stage.all
    .map(({ id, number, name, state, shards, done, failed, waits }) => {
      const failures = failed > 0 ? `, ${failed} failed` : '';
      const why = waits ? `  ${waits.message}` : '';
      return `  ${number}  ${id}  ${state.padEnd(9)} ${done}/${shards}${failures}  ${name}${why}\n`;
    })
    .join('');
}
