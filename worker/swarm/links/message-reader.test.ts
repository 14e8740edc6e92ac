import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat } from '../../../shared/bytes.ts';
import { MAX_MESSAGE_BYTES } from './links.ts';
import { MessageReader, prefixOf } from './message-reader.ts';

test('SWM-36 messages come out whole and in order, however the stream was cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (messages, cuts) => {
        const stream = concat(messages.flatMap((one) => [prefixOf(one.length), one]));
        const reader = new MessageReader();
        const read: Uint8Array[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const end = at + cuts[cut % cuts.length];
          read.push(...reader.read(stream.subarray(at, end)));
          at = end;
        }
        expect(read).toEqual(messages.map((one) => Uint8Array.from(one)));
      },
    ),
  );
});

test('SWM-36 a message beyond the limit is refused by its length alone', () => {
  const longest = new MessageReader();
  expect(longest.read(prefixOf(MAX_MESSAGE_BYTES))).toEqual([]);
  expect(longest.read(new Uint8Array(MAX_MESSAGE_BYTES))).toHaveLength(1);
  expect(() => new MessageReader().read(prefixOf(MAX_MESSAGE_BYTES + 1))).toThrow(
    expect.objectContaining({ code: 'PEER_MESSAGE_TOO_LONG' }),
  );
  expect(() => new MessageReader().read(prefixOf(0xffff_ffff))).toThrow(
    expect.objectContaining({ code: 'PEER_MESSAGE_TOO_LONG' }),
  );
});
