import { describe, expect, test } from 'vitest';
import { checkDraft } from './check-draft.ts';
import { type Draft, EMPTY_DRAFT } from './draft.ts';

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

  test('nothing to collect', () => {
    const collect = { ...GOOD.collect, stdout: false };
    expect([...check({ collect }).errors.keys()]).toEqual(['collect']);
  });
});
