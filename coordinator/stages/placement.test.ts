import { expect, test } from 'vitest';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { MAX_PLACED_SHARDS } from '../scheduler/events.ts';
import { placementOf } from './placement.ts';

const part = (name: string, bytes: number): BlobRef => ({ id: name, bytes, manifest: name });
const homesOf = (parts: BlobRef[][], holders: Record<string, string[]>) =>
  placementOf(parts, (blob) => holders[blob] ?? [])?.homes;

test('STG-15 a shard is at home where most of its bytes are, the fullest first', () => {
  const shard = [part('a', 60), part('b', 30), part('c', 10)];
  const holders = { a: ['x', 'y'], b: ['y', 'z'], c: ['z', 'y'] };
  expect(homesOf([shard], holders)).toEqual([['y', 'x']]);
});

test('STG-15 data that is spread evenly, or held by nobody, has no home', () => {
  const shard = [part('a', 30), part('b', 30), part('c', 30)];
  expect(homesOf([shard], { a: ['x'], b: ['y'], c: ['z'] })).toBeUndefined();
  expect(homesOf([shard, []], {})).toBeUndefined();
  expect(homesOf([shard, [part('d', 1)]], { d: ['x'] })).toEqual([[], ['x']]);
});

test('STG-15 jobs of more than a block are not placed', () => {
  const parts = Array.from({ length: MAX_PLACED_SHARDS + 1 }, () => [part('a', 1)]);
  expect(homesOf(parts, { a: ['x'] })).toBeUndefined();
  expect(homesOf(parts.slice(1), { a: ['x'] })).toHaveLength(MAX_PLACED_SHARDS);
});
