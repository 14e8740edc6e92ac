import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManyhandsError } from '../errors.ts';
import { MAX_PARTS } from './limits.ts';
import { planStages } from './plan-stages.ts';
import { JobSpec, type JobSpecInput, type Stage } from './spec.ts';

const program = { kind: 'wasi', blob: 'ab'.repeat(32) } as const;
const groups = { name: 'reduce', take: { kind: 'groups' }, program } as const;
const tree = (arity?: number) => ({ name: 'sum', take: { kind: 'tree', arity }, program }) as const;

function spec(stages: JobSpecInput['stages'], changes: Partial<JobSpecInput> = {}): JobSpec {
  const inputs = { kind: 'range', from: 1, to: 10 } as const;
  return JobSpec.parse({ name: 'job', program, inputs, stages, ...changes });
}

function refusal(stages: JobSpecInput['stages'], changes: Partial<JobSpecInput>, shards = 10) {
  try {
    planStages(spec(stages, changes), shards);
  } catch (error) {
    if (error instanceof ManyhandsError) return [error.code, error.facts.path];
  }
  return null;
}
const files = (count: number) => ({
  collect: { files: Array.from({ length: count }, (_, k) => `/groups/${k}`) },
});

describe('the plan of a job in stages', () => {
  it('STG-4 a group is a shard', () => {
    const planned = planStages(spec([groups], files(16)), 1000);
    expect(planned).toMatchObject([
      { name: 'reduce', shards: 16, spec: { inputs: { kind: 'parts', shards: 16 }, stages: [] } },
    ]);
  });

  it('STG-5 a tree has a level for each division by its arity, until one shard is left', () => {
    const shards = (n: number, arity: number) =>
      planStages(spec([tree(arity)]), n).map((level) => level.shards);
    expect(shards(100, 8)).toEqual([13, 2, 1]);
    expect(shards(1, 8)).toEqual([1]);
    expect(shards(8, 8)).toEqual([1]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_PARTS }),
        fc.integer({ min: 2, max: 64 }),
        (n, arity) => {
          let before = n;
          const levels = shards(n, arity);
          for (const level of levels) {
            expect(level).toBe(Math.ceil(before / arity));
            before = level;
          }
          expect(levels.at(-1)).toBe(1);
          expect(levels.indexOf(1)).toBe(levels.length - 1);
        },
      ),
    );
  });

  it('STG-4 stages follow each other, and share what belongs to the job as a whole', () => {
    const whole = spec([groups, tree(4)], { ...files(9), priority: 3, deadline: 99, project: 'p' });
    const planned = planStages(whole, 50);
    expect(planned.map(({ name, shards, stated }) => [name, shards, stated])).toEqual([
      ['reduce', 9, 0],
      ['sum', 3, 1],
      ['sum', 1, 1],
    ]);
    for (const { spec: own } of planned)
      expect(own).toMatchObject({ priority: 3, deadline: 99, project: 'p', networks: 'wait' });
    expect(planStages(spec([]), 10)).toEqual([]);
  });

  it('STG-6 a stage collects exactly what the next one takes', () => {
    const stage = (changes: Partial<Stage>) => [{ ...tree(), ...changes }];
    const mismatch = 'STAGE_COLLECT_MISMATCH';
    expect(refusal([groups], {})).toEqual([mismatch, 'collect']);
    expect(refusal([groups], { collect: { stdout: true, files: ['/a'] } })).toEqual([
      mismatch,
      'collect',
    ]);
    expect(refusal([groups], { collect: { files: ['/a', '/a'] } })).toEqual([mismatch, 'collect']);
    expect(refusal([tree()], files(2))).toEqual([mismatch, 'collect']);
    expect(refusal([tree()], { collect: { exitCode: true } })).toEqual([mismatch, 'collect']);
    expect(refusal(stage({ collect: { stdout: true, stderr: true } }), {})).toEqual([
      mismatch,
      'stages.0.collect',
    ]);
    expect(refusal([tree()], { collect: { files: ['/sum'] } })).toBeNull();
    expect(refusal([tree()], { collect: { stdout: true, stderr: false } })).toBeNull();
  });

  it('STG-7 what the stages become is bounded, whatever was posted', () => {
    expect(refusal([groups], files(200), 1000)).toEqual(['STAGE_TOO_MANY_PARTS', 'stages.0.take']);
    expect(refusal([tree(2)], {}, MAX_PARTS)).toBeNull();
    expect(refusal([tree(2)], {}, MAX_PARTS + 1)).toEqual([
      'STAGE_TOO_MANY_PARTS',
      'stages.0.take',
    ]);
    const picture = { width: 1, height: 10, tileWidth: 1, tileHeight: 1, format: 'rgb' } as const;
    expect(refusal([tree()], { picture })).toEqual(['PICTURE_WITH_STAGES', 'picture']);
  });
});
