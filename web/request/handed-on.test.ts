import { expect, test } from 'vitest';
import { fromUtf8, utf8 } from '../../shared/bytes.ts';
import { handedOn } from './handed-on.ts';

const file = (path: string, text: string) => ({ path, bytes: utf8(text) });

test('WEB-48 a trial of groups is given the first group in which there is anything', () => {
  const files = [file('/groups/0', ''), file('/groups/1', 'a 1\n'), file('/groups/2', 'b 1\n')];
  const { shard, bytes } = handedOn({ files }, { kind: 'groups' });
  expect([shard, fromUtf8(bytes)]).toEqual([1, 'a 1\n']);
  const empty = handedOn({ files: [file('/groups/0', '')] }, { kind: 'groups' });
  expect([empty.shard, empty.bytes.length]).toEqual([0, 0]);
});

test('WEB-48 a trial of a tree is given the one thing that is collected', () => {
  const given = (output: Parameters<typeof handedOn>[0]) =>
    fromUtf8(handedOn(output, { kind: 'tree', arity: 2 }).bytes);
  expect(given({ stdout: utf8('7\n') })).toBe('7\n');
  expect(given({ value: '{"n":1}' })).toBe('{"n":1}');
  expect(given({ files: [file('/sum', '8')] })).toBe('8');
});
