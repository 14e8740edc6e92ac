import { expect, test } from 'vitest';
import { EMPTY_DRAFT, givenFor } from './draft-start.ts';

test('WEB-12 what nobody has written follows the kind of inputs, what somebody wrote stays', () => {
  const lines = givenFor(EMPTY_DRAFT, 'lines');
  expect(lines).toEqual({ args: '', stdin: '{line}' });
  const draft = {
    ...EMPTY_DRAFT,
    ...lines,
    inputs: { ...EMPTY_DRAFT.inputs, kind: 'lines' as const },
  };
  expect(givenFor(draft, 'range')).toEqual({ args: '{i}', stdin: '' });
  expect(givenFor({ ...EMPTY_DRAFT, args: '--seed {i}' }, 'lines')).toEqual({});
});
