import { expect, test } from 'vitest';
import { readEvents } from './events.ts';

async function* each(lines: string[]) {
  yield* lines;
}

test('WEB-2 events keep their names, several data lines are one text, comments are nothing', async () => {
  const events = [];
  for await (const event of readEvents(
    each([
      ': hello',
      '',
      'event: progress',
      'data: {"a":',
      'data:1}',
      '',
      'data: x',
      '',
      'data: lost',
    ]),
  ))
    events.push(event);
  expect(events).toEqual([
    { event: 'progress', data: '{"a":\n1}' },
    { event: 'message', data: 'x' },
  ]);
});
