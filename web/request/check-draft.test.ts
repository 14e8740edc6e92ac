import { describe, expect, test } from 'vitest';
import { checkDraft } from './check-draft.ts';
import type { Draft } from './draft.ts';
import { EMPTY_DRAFT, EMPTY_STAGE, firstStage } from './draft-start.ts';

const NOW = Date.UTC(2026, 10, 20);
const GOOD: Draft = { ...EMPTY_DRAFT, name: 'squares' };

function check(change: Partial<Draft>) {
  return checkDraft({ ...GOOD, ...change }, null, NOW);
}

function range(from: string, to: string, step = '1'): Draft['inputs'] {
  return { ...GOOD.inputs, range: { from, to, step } };
}

describe('WEB-4 every field that is wrong is told at its path in the job spec', () => {
  test('a draft as it stands in the beginning is right but for its name', () => {
    expect(check({})).toMatchObject({ shards: 1000, errors: new Map() });
    expect([...check({ name: ' ' }).errors.keys()]).toEqual(['name']);
  });

  test('one wrong field does not hide what is wrong with the others, nor the number of shards', () => {
    const { shards, errors } = check({ name: '', args: '{x}', priority: '11' });
    expect(shards).toBe(1000);
    expect([...errors.keys()].toSorted()).toEqual(['args.0', 'name', 'priority']);
    expect(check({ name: '', source: 'javascript' }).spec).not.toBeNull();
  });

  test('several wrong numbers at once', () => {
    const { spec, errors } = check({
      inputs: range('one', '1.5', '0'),
      limits: { ...GOOD.limits, memoryMiB: '' },
      replicas: 'many',
    });
    expect(spec).toBeNull();
    expect([...errors.keys()].toSorted()).toEqual([
      'inputs.from',
      'inputs.step',
      'inputs.to',
      'limits.memoryMiB',
      'replication.replicas',
    ]);
  });

  test('a range backwards', () => {
    expect(check({ inputs: range('10', '1') }).errors.get('inputs.to')).toContain('backwards');
  });

  test('a billion shards are counted at once', () => {
    expect(check({ inputs: range('1', '1 000 000 000') }).shards).toBe(1e9);
  });

  test('an unknown field of a template, with its place', () => {
    const { errors } = check({ args: '{i}\n--seed {sed}' });
    expect([...errors.keys()]).toEqual(['args.1']);
    expect(errors.get('args.1')).toContain('column 8');
  });

  test('a grid that names a parameter twice, an axis without values', () => {
    const [x, y] = GOOD.inputs.axes;
    const axes = (changed: Partial<typeof y>) =>
      check({
        args: '',
        inputs: { ...GOOD.inputs, kind: 'grid', axes: [x, { ...y, ...changed }] },
      });
    expect([...axes({ name: 'x' }).errors.keys()]).toEqual(['inputs.axes']);
    expect([...axes({ values: ' , ' }).errors.keys()]).toEqual(['inputs.axes.1.values']);
    expect(axes({}).shards).toBe(33);
  });

  test('a quorum above the replicas, too few attempts, a deadline that has passed', () => {
    const { errors } = check({ quorum: '3', maxAttempts: '1', deadline: '2020-01-01T00:00' });
    expect([...errors.keys()].toSorted()).toEqual([
      'deadline',
      'replication.maxAttempts',
      'replication.quorum',
    ]);
  });

  test('files that were not chosen', () => {
    const lines = check({ inputs: { ...GOOD.inputs, kind: 'lines' }, args: '{line}' });
    expect([...lines.errors.keys()]).toContain('inputs.file');
    expect([...check({ source: 'wasm' }).errors.keys()]).toEqual(['program']);
  });

  test('tiles that are not as many as the shards', () => {
    const picture = { width: '64', height: '64', tileWidth: '16', tileHeight: '16' };
    const { errors } = check({ picture: { ...picture, format: 'rgb' }, inputs: range('0', '14') });
    expect(errors.get('picture')).toContain('16 tiles');
  });

  test('a stage as it is added is right, behind any program, and behind another', () => {
    for (const source of ['c', 'javascript'] as const) {
      const stage = firstStage({ ...GOOD, source }, 1);
      const { stages, errors } = check({ source, stages: [stage, firstStage(stage, 2)] });
      expect([...errors.keys()]).toEqual([]);
      expect(stages?.map(({ shards }) => shards)).toEqual([125, 16, 2, 1, 1]);
    }
    const collect = { ...GOOD.collect, stdout: false, files: '/groups/0\n/groups/1' };
    const grouped = check({ collect, stages: [firstStage({ ...GOOD, collect }, 1)] });
    expect([...grouped.errors.keys()]).toEqual([]);
    expect(grouped.stages).toMatchObject([{ shards: 2, take: { kind: 'groups' } }]);
  });

  test('what is wrong with a stage is told at its own fields, all of it at once', () => {
    const stage = { ...EMPTY_STAGE, key: 1 };
    const { errors } = check({
      stages: [
        stage,
        {
          ...stage,
          name: ' ',
          source: 'wasm',
          arity: '1',
          stdin: '{line}',
          quorum: '3',
          limits: { ...stage.limits, seconds: 'long' },
        },
      ],
    });
    expect([...errors.keys()].toSorted()).toEqual([
      'stages.1.limits.timeMs',
      'stages.1.name',
      'stages.1.program',
      'stages.1.replication.quorum',
      'stages.1.stdin',
      'stages.1.take.arity',
    ]);
  });

  test('what is not collected as the next stage takes it is told where it is collected', () => {
    const groups = { ...EMPTY_STAGE, key: 1, take: 'groups' as const };
    expect([...check({ stages: [groups] }).errors.keys()]).toEqual(['collect']);
    const tree = { ...EMPTY_STAGE, key: 1 };
    const twice = { ...tree, collect: { ...tree.collect, stderr: true } };
    expect([...check({ stages: [twice] }).errors.keys()]).toEqual(['stages.0.collect']);
  });

  test('more outputs than a stage may take', () => {
    const { errors } = check({
      inputs: range('1', '1000000'),
      stages: [{ ...EMPTY_STAGE, key: 1 }],
    });
    expect(errors.get('stages.0.take')).toContain('131072');
  });

  test('nothing to collect', () => {
    const collect = { ...GOOD.collect, stdout: false };
    expect([...check({ collect }).errors.keys()]).toEqual(['collect']);
  });
});
