import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { introductionMessage, openIntroduction, sealIntroduction } from './introduction.ts';
import { generateNodeKeys, type NodeKeys, sign } from './keys.ts';

const INTRODUCTION = {
  job: 'job-1',
  from: 'a'.repeat(52),
  to: 'b'.repeat(52),
  until: 1_800_000_000_000,
};
const invalid = expect.objectContaining({ code: 'INTRODUCTION_INVALID' });

let keys: NodeKeys;
let ticket: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  keys = await generateNodeKeys();
  ticket = sealIntroduction(INTRODUCTION, await sign(keys, introductionMessage(INTRODUCTION)));
});

test('BLB-6 a ticket says what the coordinator signed', async () => {
  expect(await openIntroduction(ticket, keys.publicKey)).toEqual(INTRODUCTION);
});

test('BLB-6 a ticket with any byte changed is not believed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: ticket.length - 1 }), async (at) => {
      const changed = ticket.slice();
      changed[at] ^= 1;
      await expect(openIntroduction(changed, keys.publicKey)).rejects.toEqual(invalid);
    }),
  );
});

test('BLB-6 a ticket of another coordinator, a short one or a huge one is not believed', async () => {
  const other = await generateNodeKeys();
  await expect(openIntroduction(ticket, other.publicKey)).rejects.toEqual(invalid);
  await expect(openIntroduction(ticket.subarray(0, 40), keys.publicKey)).rejects.toEqual(invalid);
  await expect(openIntroduction(new Uint8Array(5000), keys.publicKey)).rejects.toEqual(invalid);
});
