import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildApps } from '../scripts/build-apps.ts';
import { repositoryRoot } from '../scripts/repository.ts';
import { localJob } from '../sdk/cli/job-file.ts';
import { fieldNames } from '../shared/job/inputs.ts';
import { inspectModule } from '../shared/job/module.ts';
import { parseTemplate } from '../shared/job/template.ts';
import { parseAppSpec } from './app-spec.ts';
import { blobOf, builtApp } from './local-app.ts';

it.each(['collatz', 'options', 'pathtracer', 'textstats', 'vectorsum', 'wordcount'])(
  'JOB-45 apps/%s can be posted, and its job file is read by the command line',
  async (name) => {
    const app = await builtApp(name);
    const { spec } = app;
    const program = blobOf(app, spec.program.blob);
    if (spec.program.kind === 'wasi') inspectModule(program, spec.limits.memoryMiB);
    for (const text of spec.args) parseTemplate(text, fieldNames(spec.inputs));
    const { picture, inputs } = spec;
    if (picture && inputs.kind === 'range') {
      const tiles = (picture.width / picture.tileWidth) * (picture.height / picture.tileHeight);
      expect(inputs.to - inputs.from + 1).toBe(tiles);
    }
    const job = localJob(join(repositoryRoot, 'apps', name, 'job.json'));
    const programs = [job, ...job.stages].flatMap((own) => own.programs);
    expect(programs.every((path) => existsSync(path))).toBe(true);
    expect(existsSync(join(repositoryRoot, 'docs/apps', `${name}.md`))).toBe(true);
  },
);

it('JOB-45 what is built is not compiled again', async () => {
  await buildApps();
  const steps: string[] = [];
  await buildApps((step) => steps.push(step));
  expect(steps).toEqual([]);
});

it('JOB-45 a job file without a program or with unknown inputs is refused', () => {
  const json = (spec: object) => JSON.stringify({ name: 'x', ...spec });
  const program = { kind: 'wasi', file: 'a.c' };
  expect(() => parseAppSpec(json({ program }))).toThrow();
  expect(() => parseAppSpec(json({ inputs: { kind: 'range' } }))).toThrow();
  expect(() => parseAppSpec(json({ program, inputs: { kind: 'lines' } }))).toThrow();
  const { files } = parseAppSpec(json({ program, inputs: { kind: 'lines', file: 'b.txt' } }));
  expect(files).toEqual({ program: ['a.c'], stages: [], input: 'b.txt' });
});
